import { expect, test } from "vitest";
import {
  decodeView,
  encodeView,
  fragmentWith,
  type LinkedView,
  viewInFragment,
} from "../src/link.ts";

const view: LinkedView = {
  ...{ run: "a & b/validation", output: "conv4_groups30", step: 37 },
  ...{ level: 162, value: "share", show: "all" },
  ...{ rows: "n02084071", columns: "n=1&2", window: [1.5, 20, 118] },
};

test("a view survives the way through an address", () => {
  expect(viewInFragment(fragmentWith("#blocks", view))).toEqual(view);
});

test("what others keep in the address stays there", () => {
  const first = fragmentWith("#blocks&p.scalars.x=1", { step: 1 });
  expect(first).toContain("p.scalars.x=1");
  const second = fragmentWith(first, { step: 2 });
  expect(second.match(/p\.blocks\.s=/g)).toHaveLength(1);
  expect(viewInFragment(second)).toEqual({ step: 2 });
});

test("an address without a tab gets ours", () => {
  expect(fragmentWith("", { step: 1 })).toMatch(/^#blocks&p\.blocks\.s=/);
});

test("what is absent stays absent", () => {
  expect(encodeView({ step: 3 })).toBe("step=3");
  expect(decodeView("")).toEqual({});
});

test("hostile links are taken for empty ones", () => {
  expect(decodeView("step=1.5&level=x&window=1 2")).toEqual({});
  expect(decodeView("window=1 2 Infinity")).toEqual({});
  expect(viewInFragment("#blocks&p.blocks.s=%E0%A4%A")).toEqual({});
});
