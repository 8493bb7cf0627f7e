import { expect, test } from "vitest";
import { selectionName } from "../../src/hierarchy/selectionName.ts";
import { pets } from "../pets.ts";

const pug = pets.names.indexOf("pug");
const bus = pets.names.indexOf("bus");

test("a pair of classes is called by both, actual first", () => {
  const pair = { rows: pug, columns: bus };
  expect(selectionName(pets, pair).name).toBe("pug → bus");
});

test("names from right to left do not turn the pair around", () => {
  const names = pets.names.map((name) => (name === "pug" ? "פאג" : "אוטובוס"));
  const pair = { rows: pug, columns: bus };
  expect(selectionName({ ...pets, names }, pair).name).toBe(
    "\u2068פאג\u2069 → \u2068אוטובוס\u2069",
  );
});

test("a rectangle is called by how tall and wide it is", () => {
  const box = { rows: [0, 3], columns: [1, 2] } as const;
  const selection = { rows: 0, columns: 0, box: { ...box } };
  expect(selectionName(pets, selection).name).toBe(
    "rectangle of 3 × 1 classes",
  );
});

test("two classes of one name are told apart by their ids", () => {
  const names = pets.names.map((name) => (name === "bus" ? "pug" : name));
  const ids = pets.ids.map((id, node) => (node === pug ? "n1" : id));
  ids[bus] = "n2";
  const twins = { ...pets, names, ids };
  const named = (rows: number, columns: number): string =>
    selectionName(twins, { rows, columns }).name;
  expect(named(pug, bus)).toBe("pug (n1) → pug (n2)");
  expect(named(bus, 0)).toBe("pug (n2) → anything");
});
