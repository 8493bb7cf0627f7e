/** Names as lists show them: two of a name are told apart by their ids. */

import { plural } from "../ui/format.ts";
import { hasClasses, type Tree } from "./tree.ts";

const known = new WeakMap<Tree, ReadonlySet<string>>();

/** The names that more than one node bears. */
function shared(tree: Tree): ReadonlySet<string> {
  let names = known.get(tree);
  if (!names) {
    const seen = new Set<string>();
    const twice = new Set<string>();
    tree.names.forEach((name, node) => {
      // A group of one class may well be called as that class is.
      const above = tree.parent[node]!;
      if (above >= 0 && tree.names[above] === name) return;
      if (seen.has(name)) twice.add(name);
      seen.add(name);
    });
    names = twice;
    known.set(tree, names);
  }
  return names;
}

/** The id of a node whose name alone would be ambiguous, else null. */
export function tellingId(tree: Tree, node: number): string | null {
  const [name, id] = [tree.names[node]!, tree.ids[node]!];
  return name !== id && shared(tree).has(name) ? id : null;
}

export function fullName(tree: Tree, node: number): string {
  const id = tellingId(tree, node);
  return id === null ? tree.names[node]! : `${tree.names[node]} (${id})`;
}

const alphabetical = new WeakMap<Tree, Int32Array>();

/** The place of each node's name in the alphabet. */
export function nameRanks(tree: Tree): Int32Array {
  let ranks = alphabetical.get(tree);
  if (!ranks) {
    const { compare } = new Intl.Collator("en", { numeric: true });
    const nodes = [...tree.names.keys()];
    nodes.sort((a, b) => compare(tree.names[a]!, tree.names[b]!));
    ranks = new Int32Array(nodes.length);
    for (const [rank, node] of nodes.entries()) ranks[node] = rank;
    alphabetical.set(tree, ranks);
  }
  return ranks;
}

/** So many leaves: classes, or groups where the tree is that of a head. */
export function leavesInWords(tree: Tree, count: number): string {
  return hasClasses(tree)
    ? plural(count, "class", "classes")
    : plural(count, "group", "groups");
}
