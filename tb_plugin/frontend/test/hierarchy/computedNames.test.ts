import { expect, test } from "vitest";
import { cut } from "../../src/hierarchy/computedNames.ts";

/** Ten pixels a letter. */
const measure = (text: string): number => 10 * text.length;
const at = (name: string, letters: number): string | null =>
  cut(name, 10 * letters, measure);

test("the first member stays, and how many there are beside it", () => {
  const name = "American chameleon, green lizard +140";
  expect(at(name, 23)).toBe("American chameleon +141");
  // Whole words before letters.
  expect(at(name, 22)).toBe("American… +141");
  expect(at(name, 14)).toBe("American… +141");
  expect(at(name, 13)).toBe("America… +141");
  expect(at(name, 9)).toBe("Ame… +141");
  // Two letters tell nothing: all classes of the group.
  expect(at(name, 8)).toBe("+142");
  expect(at(name, 4)).toBe("+142");
  expect(at(name, 3)).toBe("");
});

test("a word that tells nothing is cut as a name is", () => {
  expect(at("a tuning-fork, harp +9", 13)).toBe("a tuning… +10");
  expect(at("a tuning-fork, harp +9", 11)).toBe("a tuni… +10");
});

test("no width has more than fits, and no mark amid a name", () => {
  const name = "154.golf-ball, 147.boxing-glove +17";
  for (let letters = 0; letters < name.length; letters++) {
    const text = at(name, letters)!;
    expect(text.length).toBeLessThanOrEqual(letters);
    expect(text).toMatch(/^$|^\+19$|^[\w.-]+…? \+18$/);
  }
});

test("other names are not its own", () => {
  expect(at("horse, goat", 5)).toBeNull();
  expect(at("vitamin C +3", 5)).toBeNull();
  expect(at("sports", 3)).toBeNull();
});
