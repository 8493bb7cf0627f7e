import { describe, expect, test } from "vitest";
import {
  fitting,
  isotonic,
  pitchFor,
  place,
  shorten,
  shortenBefore,
  spread,
} from "../../src/ui/textFitting.ts";

describe("isotonic regression", () => {
  test("pools neighbours that are out of order into their mean", () => {
    expect(isotonic([1, 3, 2, 4])).toEqual([1, 2.5, 2.5, 4]);
    expect(isotonic([4, 3, 2, 1])).toEqual([2.5, 2.5, 2.5, 2.5]);
    // 6 and 2 pool to 4, then 3 joins: (6 + 2 + 3) / 3.
    expect(isotonic([1, 6, 2, 3])).toEqual([1, 11 / 3, 11 / 3, 11 / 3]);
  });

  test("leaves ascending values alone", () => {
    expect(isotonic([1, 1, 2, 9])).toEqual([1, 1, 2, 9]);
    expect(isotonic([])).toEqual([]);
  });
});

describe("spread", () => {
  const bounds = { pitch: 10, low: 0, high: 100 };

  test("two labels at one place move apart by half the pitch each", () => {
    expect(spread([50, 50], bounds)).toEqual([45, 55]);
  });

  test("labels stay within the bounds", () => {
    expect(spread([0, 0, 0], bounds)).toEqual([0, 10, 20]);
    expect(spread([99, 100], bounds)).toEqual([90, 100]);
  });
});

/** A different crowd of candidates for every seed. */
function crowd(seed: number): { wanted: number; weight: number }[] {
  let state = seed;
  const random = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: 20 + seed * 9 }, () => ({
    // Crowded at one end, as the groups of a real tree are.
    wanted: 6 + 578 * random() ** 2,
    weight: Math.floor(random() * 50),
  }));
}

describe.each([1, 2, 3, 5, 8, 13])("placing crowd %i", (seed) => {
  const bounds = { pitch: 13, low: 6, high: 584 };
  const placed = place(crowd(seed), bounds, 18);

  test("no two labels overlap, and none leaves its area", () => {
    expect(placed.length).toBeGreaterThan(10);
    placed.slice(1).forEach(({ at }, i) => {
      expect(at - placed[i]!.at).toBeGreaterThanOrEqual(13 - 1e-9);
    });
    expect(placed[0]!.at).toBeGreaterThanOrEqual(6);
    expect(placed.at(-1)!.at).toBeLessThanOrEqual(584 + 1e-9);
  });

  test("labels keep the order of their rows and stay near them", () => {
    placed.forEach(({ item, at }, i) => {
      expect(Math.abs(at - item.wanted)).toBeLessThanOrEqual(18);
      if (i)
        expect(item.wanted).toBeGreaterThanOrEqual(placed[i - 1]!.item.wanted);
    });
  });

  test("the worst of all is named", () => {
    const worst = Math.max(...crowd(seed).map(({ weight }) => weight));
    expect(placed.some(({ item }) => item.weight === worst)).toBe(true);
  });
});

test("of two candidates for one line the heavier wins", () => {
  const bounds = { pitch: 13, low: 0, high: 100 };
  const placed = place(
    [
      { wanted: 50, weight: 1 },
      { wanted: 50, weight: 9 },
      { wanted: 51, weight: 5 },
    ],
    bounds,
    7,
  );
  expect(placed.map(({ item }) => item.weight)).toEqual([9, 5]);
});

describe("a text that is too long", () => {
  const measure = (text: string): number => text.length;

  test("is cut at a character, without a trailing blank", () => {
    expect(shorten("source of illumination", 30, measure)).toBe(
      "source of illumination",
    );
    expect(shorten("source of illumination", 12, measure)).toBe("source of i…");
    expect(shorten("source of illumination", 11, measure)).toBe("source of…");
  });

  test("vanishes where not even one character fits", () => {
    expect(shorten("dog", 1, measure)).toBe("");
  });
});

test("every name has a line where 10.5 px do, else 11 px, at most 13 px", () => {
  expect(pitchFor(41, 480)).toBe(12);
  expect(pitchFor(46, 480)).toBeCloseTo(10.67, 2);
  expect(pitchFor(118, 480)).toBe(11);
  expect(pitchFor(10, 480)).toBe(13);
  expect(pitchFor(1, 480)).toBe(13);
  expect(pitchFor(1, 480, 12.5)).toBe(12.5);
});

test("a line has whole phrases, those that matter most before others", () => {
  const parts = [
    ["errors", 0],
    ["samples", 1],
    ["hidden", 6],
    ["order", 6],
  ] as const;
  const fit = (width: number) => fitting(parts, width, (text) => text.length);
  expect(fit(99)).toEqual(["errors", "samples", "hidden", "order"]);
  // errors · samples · hidden
  expect(fit(25)).toEqual(["errors", "samples", "hidden"]);
  expect(fit(23)).toEqual(["errors", "samples"]);
  // What is shorter takes the room that is left.
  expect(fit(15)).toEqual(["errors", "hidden"]);
  expect(fit(14)).toEqual(["errors", "order"]);
  expect(fit(1)).toEqual(["errors"]);
});

test("names are cut before a phrase goes that the rest needs", () => {
  const parts = [
    ["a long name", 0, "a…"],
    ["tested", 0],
    ["usual", 6],
  ] as const;
  const fit = (width: number) => fitting(parts, width, (text) => text.length);
  expect(fit(99)).toEqual(["a long name", "tested", "usual"]);
  // Nothing is cut for what may go.
  expect(fit(20)).toEqual(["a long name", "tested"]);
  expect(fit(19)).toEqual(["a…", "tested", "usual"]);
  expect(fit(11)).toEqual(["a…", "tested"]);
  expect(fit(10)).toEqual(["a…", "usual"]);
});

test("the end of a text stays, whatever is cut before it", () => {
  const measure = (text: string): number => text.length;
  const cut = (text: string, end: string, width: number): string =>
    shortenBefore(text, end, width, measure);
  expect(cut("family (12)", " (12)", 11)).toBe("family (12)");
  expect(cut("family (12)", " (12)", 9)).toBe("fam… (12)");
  expect(cut("family (12)", " (12)", 3)).toBe(" (12)");
  expect(cut("1,000 classes", "", 6)).toBe("1,000…");
});
