import { expect, test } from "vitest";
import { gainOf } from "../../src/quality/data/mergeGain.ts";
import { pets, petsEpoch } from "../pets.ts";

// Labels: bus 0, husky 1, pug 2, tabby 3. 32 of 40 are right.
const [bus, husky, pug, tabby] = [0, 1, 2, 3] as const;

function gain(...pairs: [number, number][]) {
  return gainOf(
    pets,
    petsEpoch,
    pairs.map(([a, b]) => ({ a, b, expected: 0.5 })),
  );
}

test("errors between two classes become right, both ways", () => {
  // 3 huskies are called pugs, 2 pugs huskies.
  const { before, after, chance, pairs } = gain([husky, pug]);
  expect(before).toBe(32 / 40);
  expect(after).toBe(37 / 40);
  expect(chance).toBe(0.5 / 40);
  expect(pairs).toBe(1);
});

test("chains merge into one class, whose errors count once", () => {
  // Husky to tabby: 1. Pug and tabby are one by way of the husky.
  expect(gain([husky, pug], [husky, tabby]).after).toBe(38 / 40);
  expect(gain([husky, pug], [husky, tabby], [pug, tabby]).after).toBe(38 / 40);
  expect(gain([pug, husky], [pug, husky]).after).toBe(37 / 40);
  // All in one: nothing is wrong.
  expect(gain([husky, pug], [tabby, bus], [pug, bus]).after).toBe(1);
});

test("nothing merged is nothing gained", () => {
  const { before, after } = gain();
  expect(after).toBe(before);
});
