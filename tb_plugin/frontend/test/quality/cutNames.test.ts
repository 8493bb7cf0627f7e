// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Tree } from "../../src/hierarchy/tree.ts";
import { cut } from "../../src/quality/lists/CutNames.tsx";

const measure = (text: string): number => 6 * text.length;

/** Two classes of one name, and one of another, under a root. */
const tree = {
  names: ["all", "maillot", "maillot", "crane"],
  ids: ["root", "n03710637", "n03710721", "n02012849"],
  parent: Int32Array.of(-1, 0, 0, 0),
} as unknown as Tree;

function told(node: number, room: number): string {
  // Without the marks that isolate a name from its surroundings.
  return cut(tree, node, 6 * room, measure).replace(/[\u2066-\u2069]/g, "");
}

test("of two classes of one name the ends of their ids are seen", () => {
  expect(told(1, 40)).toBe("maillot (n03710637)");
  expect(told(1, 15)).toBe("maillot …710637");
  expect(told(1, 12)).toBe("maillot …637");
  expect(told(2, 12)).toBe("maillot …721");
  expect(told(2, 10)).toBe("mail… …721");
  expect(told(1, 8)).toBe("…637");
  expect(told(3, 40)).toBe("crane");
});
