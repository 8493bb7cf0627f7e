/** Curves and their bands as paths. */

import type { CurveAt } from "./curves.ts";

type At = (value: number) => number;

/** A line through the points, interrupted where the tree changes. */
export function pathOf(points: readonly CurveAt[], x: At, y: At): string {
  const path = points
    .map(({ step, share, tree }, i) => {
      const isSame = i > 0 && points[i - 1]!.tree === tree;
      return `${isSame ? "L" : "M"}${x(step)} ${y(share)}`;
    })
    .join("");
  // Of a single epoch there is no line, but something to see.
  return points.length === 1 ? `${path}m-3 0h6` : path;
}

/** The area between the ends of the intervals; "" where none are known. */
export function bandOf(points: readonly CurveAt[], x: At, y: At): string {
  const known = points.flatMap(({ step, within }) =>
    within ? [{ at: x(step), ...within }] : [],
  );
  if (known.length < 2) return "";
  const high = known.map((each) => `${each.at} ${y(each.high)}`);
  const low = known.map((each) => `${each.at} ${y(each.low)}`).reverse();
  return `M${[...high, ...low].join("L")}Z`;
}
