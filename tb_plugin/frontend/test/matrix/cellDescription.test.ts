import { expect, test } from "vitest";
import {
  boxInWords,
  cellInWords,
} from "../../src/matrix/gestures/cellCursorKeys.ts";
import { pets, petsEpoch } from "../pets.ts";

const say = (rows: number, columns: number): string =>
  cellInWords(pets, petsEpoch, rows, columns);

test("an error says who, how many, the reverse, and where they meet", () => {
  expect(say(3, 4)).toBe(
    "pug named husky: 2 of 10, 20 %; the reverse 3; " +
      "common group: dog (1 up)",
  );
});

test("a right answer says so", () => {
  expect(say(3, 3)).toBe("pug, right: 8 of 10, 80 %");
});

test("a group tells the right group from the right class", () => {
  // 30 animals: 29 named some animal, 8 + 6 + 9 of them the right one.
  expect(say(1, 1)).toBe(
    "animal, right group: 29 of 30, 97 %; 6 of these the wrong class",
  );
});

test("a rectangle says how large it is, from where to where, and its errors", () => {
  const box = { rows: [0, 2], columns: [0, 3] } as const;
  expect(boxInWords(pets, petsEpoch, box)).toBe(
    "2 by 3 classes, pug to husky named pug to tabby: 6 errors",
  );
  const cell = { rows: [3, 4], columns: [2, 3] } as const;
  expect(boxInWords(pets, petsEpoch, cell)).toBe(
    "1 by 1 classes, bus named tabby: 1 error",
  );
  expect(boxInWords(pets, null, cell)).toBe("1 by 1 classes, bus named tabby");
});
