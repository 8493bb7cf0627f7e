import { expect, test } from "vitest";
import {
  folds,
  isMixed,
  linkedFolds,
  restoreFolds,
  unfoldAll,
} from "../src/folding.ts";
import { decodeView, encodeView } from "../src/link.ts";

test("folds survive the way through a link, blanks in ids too", () => {
  const closed = new Set(["n02084071", "toy dog"]);
  folds.value = { closed, opened: new Set(["a & b"]) };
  expect(isMixed.value).toBe(true);
  const order = "confusion 50 class plain/validation";
  const text = encodeView({ ...linkedFolds.value, order });
  unfoldAll();
  expect(linkedFolds.value).toEqual({});
  const linked = decodeView(text);
  expect(linked.order).toBe(order);
  restoreFolds(linked);
  expect(folds.value).toEqual({ closed, opened: new Set(["a & b"]) });
});

test("a link without folds opens without", () => {
  restoreFolds({});
  expect(isMixed.value).toBe(false);
});
