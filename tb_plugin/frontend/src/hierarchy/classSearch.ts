/** Finds classes and groups by name or id, forgiving what is mistyped. */

import { isLeaf, type Tree } from "./tree.ts";

/** How well a name fits, best first. */
const EQUAL = 0;
const BEGINS = 1;
const WORD = 2;
const INSIDE = 3;
const EVERY_WORD = 4;
const LETTERS = 5;
const TYPO = 6;

export interface Found {
  node: number;
  fit: number;
}

/** Lower case, without accents and punctuation. */
export function plainText(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const names = new WeakMap<Tree, string[]>();

function plainNames(tree: Tree): string[] {
  let plain = names.get(tree);
  if (!plain) {
    plain = tree.names.map(plainText);
    names.set(tree, plain);
  }
  return plain;
}

/** How well a name fits a query, both plain; null if it does not. */
export function fitOf(name: string, query: string): number | null {
  if (name === query) return EQUAL;
  if (name.startsWith(query)) return BEGINS;
  const spaced = ` ${name}`;
  if (spaced.includes(` ${query}`)) return WORD;
  if (name.includes(query)) return INSIDE;
  const words = query.split(" ");
  if (words.length > 1 && words.every((word) => spaced.includes(` ${word}`))) {
    return EVERY_WORD;
  }
  if (query.length >= 3 && hasLetters(name, query)) return LETTERS;
  const most = query.length < 4 ? 0 : query.length < 8 ? 1 : 2;
  return most > 0 && leastEdits(name, query) <= most ? TYPO : null;
}

/** Whether a name has the letters in order, from a word on, not far apart. */
function hasLetters(name: string, query: string): boolean {
  for (let start = 0; start < name.length; start++) {
    if (name[start] !== query[0]) continue;
    if (start > 0 && name[start - 1] !== " ") continue;
    let at = start;
    for (let i = 1; i < query.length && at >= 0; i++) {
      at = name.indexOf(query[i]!, at + 1);
    }
    if (at >= 0 && at - start < 2 * query.length) return true;
  }
  return false;
}

/** Letters to change, add or leave out for a query to stand in a text. */
export function leastEdits(text: string, query: string): number {
  let before = Array.from({ length: query.length + 1 }, (_, i) => i);
  let least = query.length;
  for (const letter of text) {
    const now = [0];
    for (let i = 1; i <= query.length; i++) {
      const change = before[i - 1]! + (query[i - 1] === letter ? 0 : 1);
      now.push(Math.min(change, before[i]! + 1, now[i - 1]! + 1));
    }
    least = Math.min(least, now[query.length]!);
    before = now;
  }
  return least;
}

/**
 * Nodes that fit a query, best first; similar names only if nothing contains it.
 */
export function search(tree: Tree, text: string): Found[] {
  const query = plainText(text);
  if (!query) return [];
  const found: Found[] = [];
  const plain = plainNames(tree);
  for (let node = 1; node < plain.length; node++) {
    const isId = tree.ids[node]!.toLowerCase() === text.trim().toLowerCase();
    const fit = isId ? EQUAL : fitOf(plain[node]!, query);
    if (fit !== null) found.push({ node, fit });
  }
  const sure = found.filter(({ fit }) => fit <= EVERY_WORD);
  const kept = sure.length ? sure : found;
  const length = ({ node }: Found): number => tree.names[node]!.length;
  return kept.sort((a, b) => a.fit - b.fit || length(a) - length(b));
}

/** Positions of the classes that fit, or lie in a group of just that name. */
export function positionsNamed(tree: Tree, text: string): Uint8Array {
  const wanted = new Uint8Array(tree.leaves.length);
  for (const { node, fit } of search(tree, text)) {
    if (fit === EQUAL || isLeaf(tree, node)) {
      wanted.fill(1, tree.start[node]!, tree.stop[node]!);
    }
  }
  return wanted;
}
