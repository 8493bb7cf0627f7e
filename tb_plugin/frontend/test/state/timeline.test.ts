import { afterEach, expect, test } from "vitest";
import { barNodes, endAbove } from "../../src/state/comparison/barsEnd.ts";
import {
  folds,
  isAsymmetric,
  isMixed,
  unfoldAll,
} from "../../src/state/folds.ts";
import { decodeLink, encodeLink } from "../../src/state/link/address.ts";
import { linkWithoutTree, restoreLink } from "../../src/state/link.ts";
import { setThreshold, threshold } from "../../src/state/timeline.ts";

afterEach(() => restoreLink({}));

test("a threshold is a whole percent from 1 to 100", () => {
  setThreshold(1.7);
  expect(threshold.value).toBe(1);
  setThreshold(-3);
  expect(threshold.value).toBe(0.01);
});

test("bars end at a round change at or above the largest", () => {
  expect(endAbove(0)).toBe(0.2);
  expect(endAbove(0.2)).toBe(0.2);
  expect(endAbove(0.21)).toBe(0.3);
  expect(endAbove(0.3 + 1e-12)).toBe(0.3);
  expect(endAbove(0.72)).toBe(0.8);
  expect(endAbove(1)).toBe(1);
});

test("where there are too many groups, those with names have bars", () => {
  const [all, named] = [Int32Array.of(1, 2, 3, 4), Int32Array.of(1)];
  expect(barNodes(all, named, 8)).toBe(all);
  expect(barNodes(all, named, 7)).toBe(named);
});

test("columns folded apart do, too, even where none is", () => {
  const rows = { closed: new Set(["n02084071"]), opened: new Set<string>() };
  const around = (columns: typeof rows): void => {
    folds.value = { rows, columns };
    const linked = decodeLink(encodeLink(linkWithoutTree()));
    unfoldAll();
    restoreLink(linked);
    expect(folds.value).toEqual({ rows, columns });
    expect(isAsymmetric.value).toBe(true);
    expect(isMixed.value).toBe(true);
  };
  around({ closed: new Set(), opened: new Set() });
  around({ closed: new Set(["toy dog", "cat"]), opened: new Set(["bird"]) });
  around({ closed: new Set(), opened: new Set(["bird"]) });
});
