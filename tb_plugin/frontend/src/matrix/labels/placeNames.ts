/** Which names along an axis of the matrix have room, and where. */

import { placesOf, type Tree } from "../../hierarchy/tree.ts";
import { isZoomed } from "../../state/all.ts";
import { names } from "../../ui/drawing.ts";
import {
  type Candidate,
  type Placed,
  pitchFor,
  place,
} from "../../ui/textFitting.ts";
import { type Projection, visible } from "../canvas/icicle.ts";

interface Name extends Candidate {
  node: number;
}

/**
 * @param easy distance beyond which names need not be apart
 * @param some distance between names where not each has a line
 */
export function placeNames(
  tree: Tree,
  nodes: Int32Array,
  axis: Projection,
  weightOf: (node: number) => number,
  easy?: number,
  some?: number,
): Placed<Name>[] {
  const candidates = [...nodes].flatMap((node): Name[] => {
    const span = visible(axis, ...placesOf(tree, node));
    if (!span) return [];
    return [{ node, wanted: (span[0] + span[1]) / 2, weight: weightOf(node) }];
  });
  const [low, high] = [axis.low + names.edge, axis.high - names.edge];
  return place(
    candidates,
    { pitch: pitchFor(candidates.length, high - low, easy, some), low, high },
    isZoomed.value ? names.farthestClass : names.farthestGroup,
  );
}
