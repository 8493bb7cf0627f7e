import { describe, expect, it } from "vitest";
import { meaningOf } from "../../src/quality/lists/listHeads.ts";
import type { Quality, SuspectsJson } from "../../src/server/qualityAnswer.ts";

function told(suspects: Partial<SuspectsJson>): ReturnType<typeof meaningOf> {
  const found = {
    suspects: {
      known: true,
      listed: 11,
      accuracy: 0.727,
      is_weak: false,
      expected_precision: 0.87,
      ...suspects,
    },
  };
  return meaningOf(found as Quality, "suspect");
}

describe("the head of suspect labels", () => {
  it("names the estimate as what it is, and the network's accuracy", () => {
    expect(told({})).toEqual({
      brief: "about 87 % wrong; network 72.7 % right",
      whole:
        "about 87 % of those listed are wrong if mistakes fall on any sample, " +
        "not on hard ones; network 72.7 % right",
    });
    expect(told({ listed: 0 }).brief).toBe(
      "none likelier wrong; network 72.7 % right",
    );
  });

  it("says first that a weak network cannot tell", () => {
    expect(told({ accuracy: 0.357, is_weak: true })).toEqual({
      brief: "network 35.7 % right: it cannot tell",
      whole:
        "network 35.7 % right: it cannot tell wrong labels from its own errors",
    });
  });

  it("claims nothing without probabilities", () => {
    expect(told({ known: false, is_weak: true }).brief).toBe(
      "an order only: probabilities were not logged",
    );
  });
});

describe("the heads of the other lists", () => {
  // A list is 226 px wide at 1024, and a letter of 11 px takes about 5.3.
  const MOST = 42;

  it("are brief enough for a narrow list, and whole in the title", () => {
    for (const list of ["overlapping", "two_objects", "diverse"] as const) {
      const { brief, whole } = meaningOf({} as Quality, list);
      expect(brief.length, brief).toBeLessThanOrEqual(MOST);
      expect(whole.length).toBeGreaterThanOrEqual(brief.length);
    }
  });
});
