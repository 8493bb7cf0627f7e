import { describe, expect, test } from "vitest";
import {
  fitting,
  pitchFor,
  place,
  shortenBefore,
} from "../../src/ui/textFitting.ts";
import { drawnNumbers } from "../drawnNumbers.ts";

/** A different crowd of candidates for every seed. */
function crowd(seed: number): { wanted: number; weight: number }[] {
  const random = drawnNumbers(seed);
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
