import { expect, test } from "vitest";
import { isSurelyLower, staysFrom } from "../../src/confusion/since.ts";

interface At {
  step: number;
  share: number;
  isLower: boolean;
}

/** Epochs from 1 on; those under `sure` were surely lower. */
const of = (shares: readonly number[], sure = 0.7): At[] =>
  shares.map((share, i) => ({ step: i + 1, share, isLower: share < sure }));

test("a group is separable from where its recall stays up", () => {
  expect(staysFrom(of([0.5, 0.9, 0.95]), 0.9)).toBe(2);
  expect(staysFrom(of([0.2, 0.95, 0.85, 0.9]), 0.9)).toBe(4);
  expect(staysFrom(of([0.95, 0.89]), 0.9)).toBeNull();
  expect(staysFrom(of([]), 0.9)).toBeNull();
});

test("an epoch after the first is one only if it was surely lower before", () => {
  expect(staysFrom(of([0.88, 0.95]), 0.9)).toBeNull();
  expect(staysFrom(of([0.95, 0.88, 0.95]), 0.9)).toBeNull();
  expect(staysFrom(of([0.95, 0.92]), 0.9)).toBe(1);
  // Long before is before.
  expect(staysFrom(of([0.3, 0.88, 0.95, 0.89, 0.93]), 0.9)).toBe(5);
  expect(staysFrom(of([0.3, 0.95, 0.89]), 0.9)).toBeNull();
});

test("nor where it fell back half as far as it was below, or farther", () => {
  // 0.4 below in the first epoch.
  expect(staysFrom(of([0.5, 0.95, 0.76, 0.9]), 0.9)).toBe(4);
  expect(staysFrom(of([0.5, 0.95, 0.74, 0.9]), 0.9)).toBeNull();
  // In one step or in several.
  expect(staysFrom(of([0.5, 0.95, 0.85, 0.87, 0.74, 0.9]), 0.9)).toBeNull();
  // What was high before it fell has not learned since.
  expect(staysFrom(of([0.95, 0.5, 0.9]), 0.9)).toBeNull();
  expect(staysFrom(of([0.95, 0.5, 0.4]), 0.9)).toBeNull();
});

test("lower is what has its interval below that of the threshold", () => {
  // 99 % of Wilson, of 50: 29 reach up to 0.741, 30 to 0.758; 45 begin at 0.745.
  expect(isSurelyLower(29 / 50, 0, 0.9, 50)).toBe(true);
  expect(isSurelyLower(30 / 50, 0, 0.9, 50)).toBe(false);
  // With half right by chance, 0.8 beyond it is 0.9.
  expect(isSurelyLower(29 / 50, 0.5, 0.8, 50)).toBe(true);
  expect(isSurelyLower(30 / 50, 0.5, 0.8, 50)).toBe(false);
  // Of four samples nothing is known, of none less.
  expect(isSurelyLower(0, 0, 0.9, 4)).toBe(false);
  expect(isSurelyLower(0, 0, 0.9, 0)).toBe(false);
  expect(isSurelyLower(1, 0, 1, 50)).toBe(false);
});

/** Probabilities of 0 to n right answers. */
function binomial(n: number, p: number): number[] {
  const found = [(1 - p) ** n];
  for (let k = 0; k < n; k++) {
    found.push((((found[k]! * (n - k)) / (k + 1)) * p) / (1 - p));
  }
  return found;
}

const sum = (values: readonly number[]): number =>
  values.reduce((all, value) => all + value, 0);

test("a share that never changes is dated in 1 of 300 logs at most", () => {
  let worst = 0;
  for (const samples of [4, 7, 10, 15, 30, 50, 150, 400]) {
    for (const threshold of [0.3, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 1]) {
      for (let p = 0.01; p < 1; p += 0.01) {
        const each = binomial(samples, p);
        const share = (right: number): number => right / samples;
        const low = sum(
          each.filter((_, k) => isSurelyLower(share(k), 0, threshold, samples)),
        );
        const last = sum(each.filter((_, k) => share(k) >= threshold - 1e-12));
        // Any of 49 epochs, and the 50th.
        worst = Math.max(worst, (1 - (1 - low) ** 49) * last);
      }
    }
  }
  expect(worst).toBeLessThan(1 / 300);
  expect(worst).toBeGreaterThan(1 / 1000);
});
