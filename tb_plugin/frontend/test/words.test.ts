import { expect, test } from "vitest";
import { cellInWords } from "../src/words.ts";
import { pets, petsEpoch } from "./pets.ts";

const say = (rows: number, columns: number): string =>
  cellInWords(pets, petsEpoch, rows, columns);

test("an error says who, how many, the reverse, and where they meet", () => {
  expect(say(3, 4)).toBe(
    "pug named husky: 2 of 10, 20 %; the reverse 3; " +
      "they meet at dog, distance 1",
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
