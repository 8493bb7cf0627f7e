import { expect, test } from "vitest";
import { shareRoom, shortName } from "../../src/hierarchy/shortNames.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";
import { flat as flatJson } from "../pets.ts";

/** Ten pixels a letter. */
const measure = (text: string): number => 10 * text.length;

const flat = (names: string[]): Tree => buildTree(flatJson(names));

test("where the shorter name ends at a space, the next word is seen", () => {
  const tree = flat(["cassette", "cassette player"]);
  expect(shortName(tree, 2, 80, measure)).toBe("cas…pla…");
  expect(shortName(tree, 2, 60, measure)).toBe("ca…pl…");
});

test("what fits is never cut, and nothing is longer than its room", () => {
  const names = ["a long name of several words", "a long name of some", "b"];
  const tree = flat(names);
  for (let letters = 1; letters < 30; letters++) {
    names.forEach((name, i) => {
      const cut = shortName(tree, i + 1, 10 * letters, measure);
      expect(measure(cut)).toBeLessThanOrEqual(10 * letters);
      expect(cut === name).toBe(letters >= name.length);
    });
  }
});

const products = ["Arla", "Garant", "Oatly", "Yoggi", "Valio"].flatMap(
  (brand) =>
    ["Mild-", "Ecological-", ""].flatMap((kind) =>
      ["Vanilla", "Strawberry", "Natural", "Natural-Low-Fat"].flatMap((taste) =>
        ["-Yoghurt", "-Sour-Milk", ""].map(
          (what) => `${brand}-${kind}${taste}${what}`,
        ),
      ),
    ),
);

test.each([12, 14, 16, 20, 26])(
  "no two products look alike in %i letters",
  (letters) => {
    const tree = flat(products);
    const cut = products.map((_, i) =>
      shortName(tree, i + 1, 10 * letters, measure),
    );
    const twice = cut.filter((each, i) => cut.indexOf(each) !== i);
    expect(twice).toEqual([]);
  },
);

test("two names share a line by what they need", () => {
  expect(shareRoom(30, 500, 200)).toEqual([100, 170]);
  expect(shareRoom(500, 30, 200)).toEqual([170, 100]);
  expect(shareRoom(150, 500, 200)).toEqual([100, 100]);
  expect(shareRoom(30, 40, 200)).toEqual([160, 170]);
});

test("a narrower mark stands where an ellipsis is too wide", () => {
  const tree = flat([
    "Arla-Vanilla-Low-Fat",
    "Arla-Vanilla-Low-Sugar",
    "Oatly",
  ]);
  const wide = (text: string): number =>
    10 * text.length + 20 * text.split("…").length - 20;
  expect(shortName(tree, 2, 70, wide)).toBe("Ar·Sug·");
});
