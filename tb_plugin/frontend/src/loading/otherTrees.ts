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
  const classesOf = new Map([...new Set(trees)].map((t) => [t, classSet(t)]));
  const sets = trees.map((tree) => classesOf.get(tree)!);
  return (shown) => {
    const own = classSet(shown);
    const isAsOwn = (set: ClassSet): boolean => set.key === own.key;
    // One line is over one set of classes. Of a run that never has those on
    // screen the strip says that its curves are over all of its own.
    const line =
      sets.findLast(isAsOwn) ?? sets.findLast((set) => sharesSome(set, own));
    return points.map((point, at) => {
      const isOnLine = own.ids.size > 0 && sets[at]!.key === line?.key;
      return trees[at] === shown ? point : finestOf(point, shown, isOnLine);
    });
  };
}

interface ClassSet {
  ids: ReadonlySet<string>;
  /** The same of trees with the same classes. */
  key: string;
}

/** The classes of a tree; none where its leaves are groups. */
function classSet(tree: Tree | null): ClassSet {
  const leaves = tree && hasClasses(tree) ? Array.from(tree.leaves) : [];
  const ids = leaves.map((leaf) => tree!.ids[leaf]!).sort();
  return { ids: new Set(ids), key: ids.join("\n") };
}

function sharesSome(one: ClassSet, other: ClassSet): boolean {
  return [...one.ids].some((id) => other.ids.has(id));
}

/** A point without levels but that of the classes, where it is on their line. */
function finestOf(
  point: CurvePoint,
  { levels }: Tree,
  isOnLine: boolean,
): CurvePoint {
  const last = levels.length - 1;
  const pick = (values: (number | null)[] = []): (number | null)[] =>
    levels.map((_, level) =>
      isOnLine && level === last ? (values.at(-1) ?? null) : null,
    );
  return {
    ...point,
    accuracy: pick(point.accuracy),
    kappa: pick(point.kappa),
    spread: pick(point.spread),
  };
}
