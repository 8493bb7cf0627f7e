/** Curves of several trees: which of their values are of the levels of one. */

import { hasClasses, type Tree } from "../hierarchy/tree.ts";
import type { CurvePoint, EpochInfo } from "../server/answers.ts";
import { loadTree } from "./epochs.ts";

/** Fetches the trees that points are scored on; gives the points by the tree. */
export async function levelsOf(
  points: readonly CurvePoint[],
  run: string,
  epochs: readonly EpochInfo[],
): Promise<(shown: Tree) => CurvePoint[]> {
  const readable = points.filter(({ error }) => error === undefined);
  // Those that name no tree have that of the last epoch, as the server knows it.
  const last = new Set(
    readable.filter(({ hierarchy }) => !hierarchy).map(({ step }) => step),
  );
  const info = epochs.filter(({ step }) => last.has(step)).at(-1);
  const treeOf = (point: CurvePoint): Promise<Tree | null> => {
    const named = point.hierarchy ? point : info;
    return named
      ? loadTree(run, named).catch(() => null)
      : Promise.resolve(null);
  };
  const trees = await Promise.all(points.map(treeOf));
  return (shown) => {
    const ofClasses = new Map(
      [...new Set(trees)].map((tree) => [tree, shareClasses(tree, shown)]),
    );
    return points.map((point, at) =>
      trees[at] === shown
        ? point
        : finestOf(point, shown, ofClasses.get(trees[at]!)!),
    );
  };
}

/** A point without levels but that of the classes, where some are the same. */
function finestOf(
  point: CurvePoint,
  { levels }: Tree,
  hasSome: boolean,
): CurvePoint {
  const last = levels.length - 1;
  const pick = (values: (number | null)[] = []): (number | null)[] =>
    levels.map((_, level) =>
      hasSome && level === last ? (values.at(-1) ?? null) : null,
    );
  return {
    ...point,
    accuracy: pick(point.accuracy),
    kappa: pick(point.kappa),
    spread: pick(point.spread),
  };
}

/**
 * Whether the leaves of two trees are classes, of which they share some.
 *
 * Where they do not share all, the strip says that its curves are over all
 * classes of each run.
 */
function shareClasses(one: Tree | null, other: Tree): boolean {
  if (!one || !hasClasses(one) || !hasClasses(other)) return false;
  const ids = new Set(Array.from(one.leaves, (leaf) => one.ids[leaf]!));
  return other.leaves.some((leaf) => ids.has(other.ids[leaf]!));
}
