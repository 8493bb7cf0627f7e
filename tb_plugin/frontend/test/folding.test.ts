import { expect, test } from "vitest";
import {
  folds,
  isFoldedApart,
  isMixed,
  linkedFolds,
  restoreFolds,
  unfoldAll,
} from "../src/folding.ts";
import { decodeView, encodeView } from "../src/link.ts";

test("folds survive the way through a link, blanks in ids too", () => {
  const closed = new Set(["n02084071", "toy dog"]);
  const both = { closed, opened: new Set(["a & b"]) };
  folds.value = { rows: both, columns: both };
  expect(isMixed.value).toBe(true);
  const order = "confusion 50 class plain/validation";
  const text = encodeView({ ...linkedFolds.value, order });
  unfoldAll();
  expect(linkedFolds.value).toEqual({});
  const linked = decodeView(text);
  expect(linked.order).toBe(order);
  restoreFolds(linked);
  expect(folds.value).toEqual({ rows: both, columns: both });
  expect(isFoldedApart.value).toBe(false);
});

test("columns folded apart do, too, even where none is", () => {
  const rows = { closed: new Set(["n02084071"]), opened: new Set<string>() };
  const around = (columns: typeof rows): void => {
    folds.value = { rows, columns };
    const linked = decodeView(encodeView(linkedFolds.value));
    unfoldAll();
    restoreFolds(linked);
    expect(folds.value).toEqual({ rows, columns });
    expect(isFoldedApart.value).toBe(true);
    expect(isMixed.value).toBe(true);
  };
  around({ closed: new Set(), opened: new Set() });
  around({ closed: new Set(["toy dog", "cat"]), opened: new Set(["bird"]) });
  around({ closed: new Set(), opened: new Set(["bird"]) });
});

test("a link without folds opens without", () => {
  restoreFolds({});
  expect(isMixed.value).toBe(false);
});
