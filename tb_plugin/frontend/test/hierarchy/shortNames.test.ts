import { expect, test } from "vitest";
import { shareRoom, shortName } from "../../src/hierarchy/shortNames.ts";
import { buildTree, type Tree } from "../../src/hierarchy/tree.ts";

/** Ten pixels a letter. */
const measure = (text: string): number => 10 * text.length;

function flat(names: string[]): Tree {
  return buildTree({
    parents: [-1, ...names.map(() => 0)],
    ids: ["(root)", ...names.map((_, i) => `${i}`)],
    names: ["all", ...names],
    labels: [-1, ...names.keys()],
    sizes: names.map(() => 1),
    levels: [],
  });
}

test("the word that tells a name from another is kept", () => {
  const tree = flat([
    "Yoggi-Vanilla-Yoghurt",
    "Yoggi-Strawberry-Yoghurt",
    "Arla-Milk",
  ]);
  const cut = (node: number, letters: number): string =>
    shortName(tree, node, 10 * letters, measure);
  // The usual cut shows it: V and S.
  expect(cut(1, 12)).toBe("Yoggi-Vanil…");
  expect(cut(2, 12)).toBe("Yoggi-Straw…");
  // In less room the words are cut, not left out.
  expect(cut(1, 7)).toBe("Yo…Van…");
  expect(cut(2, 7)).toBe("Yo…Str…");
  expect(cut(3, 8)).toBe("Arla-Mi…");
  expect(cut(3, 9)).toBe("Arla-Milk");
});

test("the end is kept where that tells", () => {
  const tree = flat(["Vanilla-Yoghurt-Low-Fat", "Vanilla-Yoghurt-Low-Sugar"]);
  expect(shortName(tree, 1, 120, measure)).toBe("Vanilla-…Fat");
  expect(shortName(tree, 2, 120, measure)).toBe("Vanill…Sugar");
  expect(shortName(tree, 2, 60, measure)).toBe("Va…Su…");
});

test("numbers at the end of a word are seen", () => {
  const tree = flat(
    Array.from({ length: 30 }, (_, i) => `conference room${i}`),
  );
  const cut = [11, 12, 21].map((i) => shortName(tree, i + 1, 70, measure));
  expect(cut.map((each) => each.at(-1))).toEqual(["1", "2", "1"]);
  expect(new Set(cut).size).toBe(3);
});

test("a name that begins another is no stranger to it", () => {
  const tree = flat(["dog", "dog, hunting breeds of the north"]);
  expect(shortName(tree, 1, 30, measure)).toBe("dog");
  expect(shortName(tree, 2, 80, measure)).toBe("dog, hu…");
});

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

test("names of 21,000 nodes that begin alike", () => {
  const names = Array.from(
    { length: 21_000 },
    (_, i) => `a common beginning, ${i % 7} and ${i}`,
  );
  const tree = flat(names);
  const cut = names
    .slice(0, 50)
    .map((_, i) => shortName(tree, i + 1, 120, measure));
  expect(new Set(cut).size).toBe(50);
});

test("two names share a line by what they need", () => {
  expect(shareRoom(30, 500, 200)).toEqual([100, 170]);
  expect(shareRoom(500, 30, 200)).toEqual([170, 100]);
  expect(shareRoom(150, 500, 200)).toEqual([100, 100]);
  expect(shareRoom(30, 40, 200)).toEqual([160, 170]);
});

test("where nothing fits, what neighbours have in common goes first", () => {
  const tree = flat([
    "Arla-Vanilla-Low-Fat",
    "Arla-Vanilla-Low-Sugar",
    "Oatly-Natural-Low-Fat",
  ]);
  // All vanilla is of Arla: that need not be said.
  expect(shortName(tree, 1, 70, measure)).toBe("Arl…Fat");
  expect(shortName(tree, 1, 40, measure)).toBe("A…F…");
  expect(shortName(tree, 1, 30, measure)).toBe("…F…");
  expect(shortName(tree, 2, 30, measure)).toBe("…S…");
  expect(shortName(tree, 2, 10, measure)).toBe("");
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
