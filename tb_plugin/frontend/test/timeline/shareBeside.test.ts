import { expect, test } from "vitest";
import { shareBeside } from "../../src/timeline/Thresholds.tsx";

test.each([
  [0.874, 0.9, "87 %"],
  [0.8949, 0.9, "89 %"],
  // Rounded, it would read as the limit.
  [0.896, 0.9, "89.6 %"],
  [0.8996, 0.9, "<90 %"],
  [0.999, 1, ">99 %"],
  [-0.034, 0.9, "−3 %"],
  // And above it.
  [0.934, 0.9, "93 %"],
  [0.903, 0.9, "90.3 %"],
  [0.9004, 0.9, "≥90 %"],
  [0.9, 0.9, "≥90 %"],
])("%f beside a limit of %f reads %s", (share, limit, text) => {
  expect(shareBeside(share, limit)).toBe(text);
});

test("whatever the limit, a share below it does not read as it", () => {
  for (let limit = 1; limit <= 100; limit++) {
    const read = shareBeside(limit / 100 - 0.001, limit / 100);
    expect(Number(read.replace(" %", ""))).not.toBe(limit);
  }
});
