import { expect, test } from "vitest";
import { cut } from "../../src/hierarchy/computedNames.ts";

/** Ten pixels a letter. */
const measure = (text: string): number => 10 * text.length;
const at = (name: string, letters: number): string | null =>
  cut(name, 10 * letters, measure);

test("the first members stay, and the number is the same in any room", () => {
  const name = "American chameleon, green lizard +140";
  expect(at(name, 24)).toBe("American chameleon… +140");
  // Whole words before letters.
  expect(at(name, 23)).toBe("American… +140");
  expect(at(name, 14)).toBe("American… +140");
  expect(at(name, 13)).toBe("America… +140");
  expect(at(name, 9)).toBe("Ame… +140");
  // Two letters tell nothing.
  expect(at(name, 8)).toBe("…+140");
  expect(at(name, 5)).toBe("…+140");
  expect(at(name, 4)).toBe("");
});

test("of three members the last goes first", () => {
  const name = "bus, cloud, castle +16";
  expect(at(name, 15)).toBe("bus, cloud… +16");
  expect(at(name, 14)).toBe("bus… +16");
});

test("a word that tells nothing is cut as a name is", () => {
  expect(at("a tuning-fork, harp +9", 13)).toBe("a tuning… +9");
  expect(at("a tuning-fork, harp +9", 10)).toBe("a tuni… +9");
});

test("no width has more than fits, and no mark amid a name", () => {
  const name = "154.golf-ball, 147.boxing-glove +17";
  for (let letters = 0; letters < name.length; letters++) {
    const text = at(name, letters)!;
    expect(text.length).toBeLessThanOrEqual(letters);
    expect(text).toMatch(/^$|^…\+17$|^[\w.-]+… \+17$/);
  }
});

test("other names are not its own", () => {
  expect(at("horse, goat", 5)).toBeNull();
  expect(at("vitamin C +3", 5)).toBeNull();
  expect(at("sports", 3)).toBeNull();
});
