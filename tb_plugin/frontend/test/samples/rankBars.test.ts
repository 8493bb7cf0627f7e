import { expect, test } from "vitest";
import { longestBar } from "../../src/samples/sidebar/RankFilter.tsx";

test("five counts of many digits stand side by side, with their bars", () => {
  // The rail, and what is between two counts and between bar and number.
  const [rail, between, gap] = [252, 5, 4];
  const digit = 7;
  for (const [most, letters] of [
    [9, 1],
    [999, 3],
    [9999, 4.5],
    [50_000, 5.5],
  ] as const) {
    const width = longestBar(most) + gap + letters * digit;
    expect(5 * width + 4 * between, `${most}`).toBeLessThanOrEqual(rail);
  }
});
