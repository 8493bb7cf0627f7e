import { expect, test } from "vitest";
import { shareBelow } from "../../src/timeline/shareBelow.ts";

test.each([
  [0.874, 0.9, "87 %"],
  [0.8949, 0.9, "89 %"],
  // Rounded, it would read as the limit.
  [0.896, 0.9, "89.6 %"],
  [0.8996, 0.9, "<90 %"],
  [0.999, 1, ">99 %"],
  [-0.034, 0.9, "−3 %"],
])("%f below a limit of %f reads %s", (share, limit, text) => {
  expect(shareBelow(share, limit)).toBe(text);
});

test("whatever the limit, a share below it does not read as it", () => {
  for (let limit = 1; limit <= 100; limit++) {
    const read = shareBelow(limit / 100 - 0.001, limit / 100);
    expect(Number(read.replace(" %", ""))).not.toBe(limit);
  }
});
