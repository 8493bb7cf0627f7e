/** Curves and their bands as paths. */

import type { CurveAt } from "./curves.ts";

type At = (value: number) => number;

/** The points that one line joins: of one tree, and no epoch between lacks. */
function pieces(points: readonly CurveAt[]): CurveAt[][] {
  const found: CurveAt[][] = [];
  let before: CurveAt | null = null;
  for (const point of points) {
    const isJoined = before?.tree === point.tree && !point.isAfterGap;
    if (before && isJoined) found.at(-1)!.push(point);
    else found.push([point]);
    before = point;
  }
  return found;
}

/** A line through the points, interrupted at gaps and where the tree changes. */
export function pathOf(points: readonly CurveAt[], x: At, y: At): string {
  return pieces(points)
    .map((piece) => {
      const line = piece
        .map(({ step, share }) => `${x(step)} ${y(share)}`)
        .join("L");
      // Of a single epoch there is no line, but something to see.
      return piece.length === 1 ? `M${line}m-3 0h6` : `M${line}`;
    })
    .join("");
}

/** The area between the ends of the intervals; "" where none are known. */
export function bandOf(points: readonly CurveAt[], x: At, y: At): string {
  return pieces(points)
    .map((piece) => bandOfPiece(piece, x, y))
    .join("");
}

function bandOfPiece(points: readonly CurveAt[], x: At, y: At): string {
  const known = points.flatMap(({ step, within }) =>
    within ? [{ at: x(step), ...within }] : [],
  );
  if (known.length < 2) return "";
  const high = known.map((each) => `${each.at} ${y(each.high)}`);
  const low = known.map((each) => `${each.at} ${y(each.low)}`).reverse();
  return `M${[...high, ...low].join("L")}Z`;
}
