import { expect, test } from "vitest";
import { cut } from "../../src/hierarchy/computedNames.ts";

/** Ten pixels a letter. */
const measure = (text: string): number => 10 * text.length;
const at = (name: string, letters: number): string | null =>
  cut(name, 10 * letters, measure);

test("other names are not its own", () => {
  expect(at("horse, goat", 5)).toBeNull();
  expect(at("vitamin C +3", 5)).toBeNull();
  expect(at("sports", 3)).toBeNull();
});
