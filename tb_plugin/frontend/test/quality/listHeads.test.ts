import { describe, expect, it, test } from "vitest";
import { wrongProbability } from "../../src/quality/lists/ListRows.tsx";
import { meaningOf, ruleOf } from "../../src/quality/lists/listHeads.ts";
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
        "not on hard ones; network 72.7 % right. In order of P(wrong) and of " +
        "how often others cross between the two classes",
    });
    expect(told({ listed: 0 }).brief).toBe(
      "none shown wrong; network 72.7 % right",
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

  const LISTS = ["overlapping", "suspect", "two_objects", "diverse"] as const;

  function found(listed: number, is_weak: boolean): Quality {
    const one = {
      listed,
      total: 1234,
      hardly_told_apart: Math.min(listed, 987),
    };
    const of = { accuracy: is_weak ? 0.359 : 0.727, is_weak };
    const suspects = { ...one, ...of, known: true, two_objects: { total: 9 } };
    const all = { ...of, overlapping: one, diverse: one, suspects };
    return all as unknown as Quality;
  }

  it("are brief enough for a narrow list, and whole in the title", () => {
    for (const each of [found(1000, false), found(0, false), found(0, true)]) {
      for (const list of LISTS) {
        const { brief, whole } = meaningOf(each, list);
        expect(brief.length, brief).toBeLessThanOrEqual(MOST);
        expect(whole.length).toBeGreaterThanOrEqual(brief.length);
      }
    }
  });

  it("refuse alike where the network is weak", () => {
    for (const list of LISTS) {
      const { brief, whole } = meaningOf(found(0, true), list);
      expect(brief).toBe("network 35.9 % right: it cannot tell");
      expect(whole).toMatch(/ from its own errors$/);
      expect(ruleOf(found(0, true), list)).toBe(
        list === "two_objects" ? null : "1,234 in order only",
      );
    }
  });

  it("say of an empty list that nothing was shown", () => {
    for (const list of ["overlapping", "suspect", "diverse"] as const) {
      expect(meaningOf(found(0, false), list).brief).toMatch(/^none shown /);
    }
    expect(ruleOf(found(0, false), "diverse")).toBe("1,234 too weak to list");
  });
});

test.each([
  [0.87, "P(wrong) 0.87"],
  [0.005, "P(wrong) 0.01"],
  [0.9949, "P(wrong) 0.99"],
  [0.995, "P(wrong) >0.99"],
  [1, "P(wrong) >0.99"],
  // A probability of 0.00 would be a certainty.
  [0.0049, "P(wrong) <0.01"],
  [1e-76, "P(wrong) <0.01"],
])("%f", (trust, text) => {
  expect(wrongProbability(trust)).toBe(text);
});
