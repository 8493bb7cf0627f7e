/** Finds the classes of one matrix in the places of another, by their ids. */

import { classesOf, hasClasses, isLeaf, type Tree } from "../hierarchy/tree.ts";
import { plural } from "../ui/format.ts";
import { type Cells, type Epoch, sortByCount, sumByNode } from "./cells.ts";

/** Where each position of the other tree lies in the shown one, or why not. */
export type Match = { to: Int32Array } | { why: string };

/**
 * Matches the leaves of two trees.
 *
 * A leaf below a leaf of the shown tree goes into it, so that single classes
 * can be compared with the groups of a head.
 *
 * @param areSame whether both come from the same tree and groups
 */
export function matchTrees(
  other: Tree,
  shown: Tree,
  areSame: boolean,
  names: { other: string; shown: string },
): Match {
  if (!areSame && isNumbered(other) && isNumbered(shown)) {
    return { why: "Both tell groups apart that have numbers only: others." };
  }
  const positions = new Map<string, number>();
  shown.leaves.forEach((node, position) => {
    positions.set(shown.ids[node]!, position);
  });
  const to = new Int32Array(other.leaves.length).fill(-1);
  const found = new Float64Array(shown.leaves.length);
  const strangers: string[] = [];
  other.leaves.forEach((leaf, position) => {
    for (let node = leaf; node >= 0; node = other.parent[node]!) {
      const at = positions.get(other.ids[node]!);
      if (at === undefined) continue;
      to[position] = at;
      found[at]! += classesOf(other, leaf);
      return;
    }
    strangers.push(other.names[leaf]!);
  });
  const missing = [...shown.leaves].filter((_, position) => !found[position]);
  const same = found.every(
    (classes, at) => classes === classesOf(shown, shown.leaves[at]!),
  );
  if (!strangers.length && same) return { to };
  if (isWithin(shown, other)) {
    return {
      why:
        `${names.other} tells ${kindsOf(other)} apart, ` +
        `${names.shown} ${kindsOf(shown)}.`,
    };
  }
  const said: string[] = [];
  if (strangers.length) {
    said.push(`${names.shown} lacks ${listed(strangers)}`);
  }
  if (missing.length) {
    said.push(
      `${names.other} lacks ${listed(missing.map((n) => shown.names[n]!))}`,
    );
  }
  if (!said.length) said.push("some of their groups hold other classes");
  return { why: `Their classes differ: ${said.join("; ")}.` };
}

/** Groups that are no nodes of a tree are named by their number. */
function isNumbered(tree: Tree): boolean {
  return tree.leaves.every(
    (node, position) => tree.ids[node] === `group ${tree.order[position]}`,
  );
}

/** Whether every leaf of the finer tree lies in one of the coarser. */
export function isWithin(finer: Tree, coarser: Tree): boolean {
  const ids = new Set([...coarser.leaves].map((leaf) => coarser.ids[leaf]));
  return [...finer.leaves].every((leaf) => {
    for (let node = leaf; node >= 0; node = finer.parent[node]!) {
      if (ids.has(finer.ids[node]!)) return true;
    }
    return false;
  });
}

function kindsOf(tree: Tree): string {
  const { length } = tree.leaves;
  return hasClasses(tree)
    ? plural(length, "class", "classes")
    : plural(length, "group", "groups");
}

function listed(names: string[]): string {
  const first = names.slice(0, 3).join(", ");
  const rest = names.length - 3;
  return rest > 0 ? `${first} and ${plural(rest, "other", "others")}` : first;
}

/** The epoch of another tree in the places of the shown one. */
export function realign(epoch: Epoch, to: Int32Array, shown: Tree): Epoch {
  const cells = moved(epoch.cells, to, shown.leaves.length);
  const sums = sumByNode(cells, shown);
  const total = sums.support[0]!;
  return { cells, sums, total, errors: total - sums.correct[0]! };
}

function moved(cells: Cells, to: Int32Array, size: number): Cells {
  const sources: number[][] = Array.from({ length: size }, () => []);
  to.forEach((row, from) => {
    sources[row]!.push(from);
  });
  const most = cells.count.length;
  const [row, column] = [new Uint16Array(most), new Uint16Array(most)];
  const counts = new Uint32Array(most);
  const rowStart = new Uint32Array(size + 1);
  const diagonal = new Float64Array(size);
  const sums = new Float64Array(size);
  let found = 0;
  for (let target = 0; target < size; target++) {
    const touched: number[] = [];
    const add = (at: number, count: number): void => {
      if (at === target) diagonal[target]! += count;
      else {
        if (sums[at] === 0) touched.push(at);
        sums[at]! += count;
      }
    };
    for (const from of sources[target]!) {
      diagonal[target]! += cells.diagonal[from]!;
      for (let k = cells.rowStart[from]!; k < cells.rowStart[from + 1]!; k++) {
        add(to[cells.column[k]!]!, cells.count[k]!);
      }
    }
    for (const at of touched.sort((a, b) => a - b)) {
      row[found] = target;
      column[found] = at;
      counts[found++] = sums[at]!;
      sums[at] = 0;
    }
    rowStart[target + 1] = found;
  }
  const count = counts.slice(0, found);
  return {
    size,
    rowStart,
    diagonal,
    count,
    row: row.slice(0, found),
    column: column.slice(0, found),
    weakestFirst: sortByCount(count),
  };
}

/** Whether a node is one class, and not a group. */
export function isClass(tree: Tree, node: number): boolean {
  return isLeaf(tree, node) && classesOf(tree, node) === 1;
}
