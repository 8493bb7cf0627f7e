/** The entries of all lists, alike. */

import { fullName } from "../../hierarchy/classNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import type {
  ObjectsJson,
  PairJson,
  Quality,
  SuspectJson,
  TwoJson,
} from "../../server/qualityAnswer.ts";

/** The two of the labels share a place: one of them is shown at a time. */
export const LISTS = [
  "overlapping",
  "suspect",
  "two_objects",
  "diverse",
] as const;
export type ListName = (typeof LISTS)[number];
export type LabelList = "suspect" | "two_objects";

interface Common {
  /** Place in its list, from 0. */
  at: number;
  isListed: boolean;
  /** Short, for links: it holds as long as classes and samples do. */
  link: string;
  /** What a verdict is remembered by: names, whatever their numbers. */
  key: string;
}

export type PairEntry = Common & { list: "overlapping"; of: PairJson };
export type LabelEntry = Common & { list: "suspect"; of: SuspectJson };
export type ObjectsEntry = Common & { list: "two_objects"; of: ObjectsJson };
export type TwoEntry = Common & { list: "diverse"; of: TwoJson };
export type Entry = PairEntry | LabelEntry | ObjectsEntry | TwoEntry;

export interface Entries {
  overlapping: PairEntry[];
  suspect: LabelEntry[];
  two_objects: ObjectsEntry[];
  diverse: TwoEntry[];
}

export function leafOf(tree: Tree, label: number): number {
  return tree.leaves[tree.leafOfLabel[label]!]!;
}

/** Its name, with its id where another is called the same. */
export function nameOf(tree: Tree, label: number): string {
  return fullName(tree, leafOf(tree, label));
}

export function idOf(tree: Tree, label: number): string {
  return tree.ids[leafOf(tree, label)]!;
}

/** The node of a group by its id: the innermost, should several have it. */
export function groupOf(tree: Tree, id: string): number {
  return Math.max(0, tree.ids.lastIndexOf(id));
}

function common<List extends ListName>(
  list: List,
  at: number,
  listed: number,
  numbers: number[],
  ids: string[],
): Common & { list: List } {
  return {
    list,
    at,
    isListed: at < listed,
    link: `${list[0]}${numbers.join("-")}`,
    key: JSON.stringify([list, ...ids]),
  };
}

export function entriesOf(tree: Tree, found: Quality): Entries {
  const { overlapping, suspects, diverse } = found;
  const id = (label: number): string => idOf(tree, label);
  return {
    overlapping: overlapping.entries.map((of, at) => {
      const numbers = [of.a, of.b];
      const { listed } = overlapping;
      return {
        ...common("overlapping", at, listed, numbers, numbers.map(id)),
        of,
      };
    }),
    suspect: (suspects?.entries ?? []).map((of, at) => {
      const ids = [id(of.given), of.id];
      const { listed } = suspects!;
      return { ...common("suspect", at, listed, [of.sample], ids), of };
    }),
    two_objects: (suspects?.two_objects.entries ?? []).map((of, at) => {
      const ids = [id(of.given), of.id];
      return { ...common("two_objects", at, 0, [of.sample], ids), of };
    }),
    diverse: diverse.entries.map((of, at) => {
      const ids = [id(of.class)];
      return {
        ...common("diverse", at, diverse.listed, [of.class], ids),
        of,
      };
    }),
  };
}

/** The rows and columns of the matrix that an entry is about. */
export function cellOf(tree: Tree, entry: Entry): readonly [number, number] {
  switch (entry.list) {
    case "overlapping":
      return [leafOf(tree, entry.of.a), leafOf(tree, entry.of.b)];
    case "suspect":
      return [leafOf(tree, entry.of.given), leafOf(tree, entry.of.suggested)];
    case "two_objects":
      return [leafOf(tree, entry.of.given), leafOf(tree, entry.of.other)];
    default:
      return [leafOf(tree, entry.of.class), 0];
  }
}

/** The entry in words, as lists and screen readers call it. */
export function titleOf(tree: Tree, entry: Entry): string {
  const name = (label: number): string => nameOf(tree, label);
  switch (entry.list) {
    case "overlapping":
      return `${name(entry.of.a)} ⇄ ${name(entry.of.b)}`;
    case "suspect":
      return `${name(entry.of.given)}, or ${name(entry.of.suggested)}`;
    case "two_objects":
      return `${name(entry.of.given)} and ${name(entry.of.other)}`;
    default:
      return name(entry.of.class);
  }
}

export function groupName(tree: Tree, id: string): string {
  return tree.names[groupOf(tree, id)]!;
}
