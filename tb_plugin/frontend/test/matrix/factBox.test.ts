// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { along, behind, type Way } from "../../src/matrix/FactBox.tsx";

test("small steps back are no turn", () => {
  const signs = (places: readonly number[]): number[] => {
    let way: Way = { at: 100, sign: 1 };
    return places.map((at) => {
      way = along(way, at);
      return way.sign;
    });
  };
  // From 110, the farthest, 98 is 12 back and 97 more than that.
  expect(signs([110, 100, 98, 97, 105, 110])).toEqual([1, 1, 1, -1, -1, 1]);
  expect(signs([80, 92, 93])).toEqual([-1, -1, 1]);
});

test("a box stands behind the pointer, or ahead if only there is room", () => {
  const place = (at: number, sign: number): number =>
    behind(at, sign, 200, [4, 796]);
  // 14 px from the pointer: 400 - 14 - 200, and 400 + 14.
  expect([place(400, 1), place(400, -1)]).toEqual([186, 414]);
  expect([place(100, 1), place(700, -1)]).toEqual([114, 486]);
  // With room on neither side it stays on the page.
  expect(behind(100, 1, 200, [4, 250])).toBe(4);
});
