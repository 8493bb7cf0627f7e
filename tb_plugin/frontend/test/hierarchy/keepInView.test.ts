import { expect, test } from "vitest";
import { ranksByLabel, sorted } from "../../src/confusion/siblingSorting.ts";
import { keptInView } from "../../src/hierarchy/keepInView.ts";
import {
  carryOver,
  NOTHING,
  type Selection,
} from "../../src/hierarchy/selection.ts";
import { pets } from "../pets.ts";

// Places before: pug 0, husky 1, tabby 2, bus 3; after: bus, husky, pug, tabby.
const tree = sorted(pets, ranksByLabel(pets));
const at = (id: string): number => pets.ids.indexOf(id);
const follow = (window: [number, number, number], chosen: Selection) => {
  const [x, y, span] = window;
  const kept = carryOver(pets, tree, chosen);
  return keptInView(pets, tree, { x, y, span }, chosen, kept);
};

test("a window goes with the group that fills it", () => {
  // The dogs move from 0 to 1.
  expect(follow([0, 0, 2], NOTHING)).toEqual({ x: 1, y: 1, span: 2 });
});

test("each axis goes with its own group", () => {
  // Rows of dogs, columns of tabby and bus: these meet at the root, so that
  // the class in the middle leads, bus from 3 to 0.
  expect(follow([2, 0, 2], NOTHING)).toEqual({ x: -1, y: 1, span: 2 });
});

test("a window goes with the selection while that is in sight", () => {
  const tabby = { rows: at("tabby"), columns: at("tabby") };
  // tabby from 2 to 3, although the dogs fill half of the window.
  expect(follow([1, 1, 2], tabby)).toEqual({ x: 2, y: 2, span: 2 });
  const bus = { rows: at("bus"), columns: at("bus") };
  expect(follow([0, 0, 2], bus)).toEqual({ x: 1, y: 1, span: 2 });
});

test("of a band only the axis that it is on", () => {
  const band = { rows: at("pug"), columns: 0 };
  // pug from 0 to 2; the columns of dogs from 0 to 1.
  expect(follow([0, 0, 2], band)).toEqual({ x: 1, y: 2, span: 2 });
});

test("everything stays everything", () => {
  const pug = { rows: at("pug"), columns: at("pug") };
  // It is for the caller to keep this within the matrix.
  expect(follow([0, 0, 4], NOTHING).span).toBe(4);
  expect(follow([0, 0, 4], pug)).toEqual({ x: 2, y: 2, span: 4 });
});
