import { expect, test } from "vitest";
import {
  type ColourTransfer,
  makeScale,
  type Scale,
  shadeAt,
  shadeOf,
  VALUES,
  valueAt,
} from "../../src/confusion/cellValues.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { pets, petsEpoch } from "../pets.ts";

const counts = ["#ff0000", "#0000ff"];
const leaves = makeCut(pets, pets.levels[2]!.nodes);

test("counts reach the darkest shade at four fifths of a row", () => {
  // Every row has 10 samples.
  const scale = makeScale("count", petsEpoch.sums, leaves, { counts });
  expect(scale.high).toBe(8);
  expect(shadeOf(scale, 1, 0, 1)).toBe(0);
  expect(shadeOf(scale, 8, 0, 1)).toBe(255);
  expect(shadeOf(scale, 9, 0, 1)).toBe(255);
  // The logarithm of the root of 8 is half of that of 8.
  expect(shadeAt(scale, Math.sqrt(8))).toBe(128);
});

test("the colours of counts end near the largest cells", () => {
  const of = (drawn: readonly (readonly number[])[], usual = leaves.nodes) =>
    makeScale(
      "count",
      sums,
      leaves,
      { counts },
      {
        usual,
        drawn: drawn.map((values) => ({
          ...petsEpoch.cells,
          row: Uint16Array.from(values, (_, k) => Math.min(k, 5)),
          count: Uint32Array.from(values),
          diagonal: new Float64Array(6),
        })),
      },
    ).high;
  // Rows of 50 samples: 40, 20, 10 or 5.
  const support = petsEpoch.sums.support.map(() => 50);
  const sums = { ...petsEpoch.sums, support };
  expect([of([[21, 20, 19]]), of([[20, 20, 19]])]).toEqual([40, 20]);
  expect([of([[3, 2, 2]]), of([[]])]).toEqual([5, 5]);
  // One huge cell, or two, make the others no paler than 4 times the third.
  expect([of([[45, 4, 4]]), of([[45, 45, 2, 1]])]).toEqual([10, 5]);
  expect(of([[45, 1]])).toBe(40);
  // Two matrices have the colours of the larger.
  expect(
    of([
      [3, 2, 2],
      [15, 15, 9],
    ]),
  ).toBe(20);
  // Rows of groups that are folded by hand do not count.
  expect(of([[45, 45, 45, 3, 3, 3]], leaves.nodes.slice(3))).toBe(5);
});

test("roots and straight lines begin at nothing", () => {
  const make = (curve: ColourTransfer): Scale =>
    makeScale("count", petsEpoch.sums, leaves, { counts }, { curve });
  // Of the darkest, 8: the root of a quarter is a half.
  expect(shadeAt(make("sqrt"), 2)).toBe(128);
  expect(shadeAt(make("linear"), 2)).toBe(64);
  expect(shadeAt(make("linear"), 4)).toBe(128);
  expect(shadeAt(make("sqrt"), 0)).toBe(0);
});

test("shares are counts over the samples of their row or column", () => {
  const shares = makeScale("share", petsEpoch.sums, leaves, { counts });
  expect(shadeOf(shares, 8, 0, 1)).toBe(shadeAt(shares, 0.8));
  expect(shadeOf(shares, 2, 0, 1)).toBe(shadeAt(shares, 0.2));
  const columns = makeScale("column", petsEpoch.sums, leaves, { counts });
  // 11 were named pug, 3 of them huskies; 8 husky, 2 of them pugs.
  expect(valueAt(columns, 3, 1, 0)).toBeCloseTo(3 / 11);
  expect(valueAt(columns, 2, 0, 1)).toBeCloseTo(2 / 8);
});

test("an excess is a count over what its row and its column would give", () => {
  // Of 40 samples 10 are huskies, and 11 are named pug: 2.75 are expected.
  const all = makeScale("excess", petsEpoch.sums, leaves, { counts });
  expect(valueAt(all, 3, 1, 0)).toBeCloseTo(3 / 2.75);
  // Of 8 errors 4 are made on huskies, and 3 are named pug: 1.5.
  const options = { errorsOnly: true };
  const { sums } = petsEpoch;
  const errors = makeScale("excess", sums, leaves, { counts }, options);
  expect(valueAt(errors, 3, 1, 0)).toBeCloseTo(2);
  expect(valueAt(errors, 3, 1, 0) * 1.5).toBeCloseTo(3);
});

test("values are written in their unit", () => {
  expect(VALUES.count.write(1409)).toBe("1,409");
  expect(VALUES.share.write(0.44)).toBe("44");
  expect(VALUES.share.write(0.044)).toBe("4");
  expect([0.996, 1].map(VALUES.share.write)).toEqual([">99", "100"]);
  expect(VALUES.column.write(0.0042)).toBe("0.4");
  expect(VALUES.excess.write(12.4)).toBe("12");
  expect(VALUES.excess.write(2.44)).toBe("2.4");
});
