/** Names cut so that two different ones never look alike. */

import { lazy } from "../ui/lazy.ts";
import { type Measure, shorten } from "../ui/textFitting.ts";

/** All names of a tree in order, and how much of each the next one begins with. */
interface Sorted {
  names: string[];
  rank: ReadonlyMap<string, number>;
  shared: Uint16Array;
  /** What was cut already, by name and width. */
  cut: Map<string, string>;
}

const computed = lazy(() => import("./computedNames.ts"));

/** Names that stand together: those of a tree, or of layers. */
interface Named {
  names: readonly string[];
}

const known = new WeakMap<Named, Sorted>();
/** Of so many names what was cut is kept. */
const MOST_KEPT = 20_000;

function sortedNames(tree: Named): Sorted {
  let found = known.get(tree);
  if (!found) {
    const names = [...new Set(tree.names)].sort();
    const shared = Uint16Array.from(names, (name, i) => {
      const next = names[i + 1] ?? "";
      let same = 0;
      while (same < next.length && name[same] === next[same]) same++;
      return same;
    });
    const rank = new Map(names.map((name, i) => [name, i]));
    found = { names, rank, shared, cut: new Map() };
    known.set(tree, found);
  }
  return found;
}

/** Where other names that begin alike go on otherwise, ascending. */
function branches({ rank, shared }: Sorted, name: string): number[] {
  const at = rank.get(name)!;
  const found = new Set<number>();
  for (const by of [1, -1]) {
    let same = name.length;
    for (let i = by > 0 ? at : at - 1; same > 0; i += by) {
      same = Math.min(same, shared[i] ?? 0);
      // A space tells nothing that is seen.
      if (same < name.length) found.add(same + +(name[same] === " "));
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** A word, or what of it tells: which of its letters must be seen. */
interface Piece {
  text: string;
  need: number;
}

const WORDS = /[^\s\-_/.,:()]*[\s\-_/.,:()]*/g;
/** Letters of a word before what tells in it, from which on it is cut there. */
const DEEP = 3;

function piecesOf(name: string, branching: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const [word] of name.matchAll(WORDS)) {
    const to = from + word.length;
    let need = 0;
    for (const at of branching) {
      if (at < from || at >= to) continue;
      if (at - from - need >= DEEP) {
        pieces.push({ text: name.slice(from, at), need });
        from = at;
        need = 0;
      }
      need = at - from + 1;
    }
    if (to > from) pieces.push({ text: name.slice(from, to), need });
    from = to;
  }
  return pieces;
}

/** So many letters of each piece, with a mark for what is left out. */
function written(
  pieces: readonly Piece[],
  letters: readonly number[],
  mark: string,
): string {
  let text = "";
  pieces.forEach((piece, i) => {
    const seen = letters[i]!;
    if (seen > 0) text += piece.text.slice(0, seen);
    if (seen < piece.text.length && !text.endsWith(mark)) {
      text = text.trimEnd() + mark;
    }
  });
  return text;
}

/** An ellipsis, and what is narrower. */
const MARKS = ["…", "·"];

/** Cuts a name where it tells least; null where what tells has no room. */
function cutByPieces(
  pieces: readonly Piece[],
  width: number,
  measure: Measure,
): string | null {
  const letters = pieces.map(({ need }) => need);
  const all = [...pieces.keys()];
  const telling = all.filter((i) => letters[i]! > 0);
  const fitsWith = (mark: string): boolean =>
    measure(written(pieces, letters, mark)) <= width;
  let mark = MARKS.find(fitsWith);
  // What neighbours have in common comes first, and goes first.
  for (let i = 0; !mark && i < telling.length - 1; i++) {
    letters[telling[i]!] = 0;
    mark = MARKS.find(fitsWith);
  }
  if (!mark) return null;
  const chosen = mark;
  const grow = (some: readonly number[]): void => {
    const open = new Set(some);
    while (open.size) {
      // The shortest first; of equals the last, which tells most.
      const at = [...open].reduce((best, i) =>
        letters[i]! <= letters[best]! ? i : best,
      );
      if (letters[at] === pieces[at]!.text.length) open.delete(at);
      else {
        letters[at]!++;
        if (fitsWith(chosen)) continue;
        letters[at]!--;
        open.delete(at);
      }
    }
  };
  grow(telling.filter((i) => letters[i]! > 0));
  grow(all.filter((i) => letters[i]! < pieces[i]!.text.length));
  return written(pieces, letters, chosen);
}

/** A name cut so that it fits, by what tells it from the others. */
export function shortName(
  tree: Named,
  node: number,
  width: number,
  measure: Measure,
): string {
  const name = tree.names[node]!;
  if (measure(name) <= width) return name;
  if (name.includes(" +")) {
    const short = computed()?.cut(name, width, measure);
    if (short != null) return short;
  }
  const sorted = sortedNames(tree);
  const key = `${Math.round(width)} ${measure("n")} ${name}`;
  let cut = sorted.cut.get(key);
  if (cut === undefined) {
    cut = cutName(sorted, name, width, measure);
    if (sorted.cut.size > MOST_KEPT) sorted.cut.clear();
    sorted.cut.set(key, cut);
  }
  return cut;
}

function cutName(
  sorted: Sorted,
  name: string,
  width: number,
  measure: Measure,
): string {
  const plain = shorten(name, width, measure);
  const branching = branches(sorted, name);
  // The usual cut, where it leaves a letter more than the last that tells.
  if (plain.length - 1 >= (branching.at(-1) ?? -1) + 2) return plain;
  return cutByPieces(piecesOf(name, branching), width, measure) ?? plain;
}

/** The room of two texts in a line: what the one does not need is the other's. */
export function shareRoom(
  first: number,
  second: number,
  width: number,
): [number, number] {
  const half = width / 2;
  return [Math.max(half, width - second), Math.max(half, width - first)];
}
