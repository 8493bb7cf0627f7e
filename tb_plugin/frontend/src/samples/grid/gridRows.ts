/** Rows of known height: heads of groups, and rows of pictures. */

import type { Group } from "../selection/grouping.ts";

export const HEAD = 26;
/** Height of a row beyond that of its pictures. */
export const FOOT = 42;

export interface Row {
  group: number;
  /** Places in the list; a head has none. */
  from: number;
  to: number;
}

export interface Rows {
  rows: Row[];
  /** [rows + 1] upper edges, and the end. */
  top: Float64Array;
}

/**
 * @param across pictures in a row
 * @param size of a picture, in pixels
 * @param isOpen whether a group shows all of its rows, and not the first alone
 */
export function layRows(
  groups: readonly Group[],
  across: number,
  size: number,
  isOpen: (group: number) => boolean,
): Rows {
  const rows: Row[] = [];
  const top: number[] = [0];
  let end = 0;
  const add = (row: Row, height: number): void => {
    rows.push(row);
    end += height;
    top.push(end);
  };
  groups.forEach(({ from, to }, group) => {
    add({ group, from, to: from }, HEAD);
    const last = isOpen(group) ? to : Math.min(to, from + across);
    for (let at = from; at < last; at += across) {
      add({ group, from: at, to: Math.min(at + across, last) }, size + FOOT);
    }
  });
  return { rows, top: Float64Array.from(top) };
}

export function rowAt({ top }: Rows, y: number): number {
  let low = 0;
  let high = top.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (top[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, Math.max(top.length - 2, 0));
}

/** The place of the first picture from a height on. */
export function firstFrom(all: Rows, y: number): number {
  const below = all.rows.slice(rowAt(all, y));
  return below.find((row) => row.to > row.from)?.from ?? 0;
}

/** The row that shows a place of the list, or would begin its group. */
export function rowOf({ rows }: Rows, place: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle]!.from <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

export type Walk = "left" | "right" | "up" | "down" | "next" | "previous";

/**
 * Where a key leads from a place of the list, among those that rows show.
 *
 * `next` and `previous` lead to the first picture of another group.
 */
export function walk(all: Rows, place: number, way: Walk): number {
  const { rows } = all;
  const at = rowOf(all, place);
  const here = rows[at]!;
  const find = (by: number, test: (row: Row) => boolean): Row | undefined => {
    for (let i = at + by; i >= 0 && i < rows.length; i += by) {
      const row = rows[i]!;
      if (row.to > row.from && test(row)) return row;
    }
    return undefined;
  };
  const any = (): boolean => true;
  const column = place - here.from;
  switch (way) {
    case "left":
      return place > here.from
        ? place - 1
        : (find(-1, any)?.to ?? place + 1) - 1;
    case "right":
      return place < here.to - 1 ? place + 1 : (find(1, any)?.from ?? place);
    case "up":
    case "down": {
      const row = find(way === "up" ? -1 : 1, any);
      return row ? Math.min(row.from + column, row.to - 1) : place;
    }
    case "next":
      return find(1, ({ group }) => group > here.group)?.from ?? place;
    default: {
      // The first row of the group before: the last that is found backwards.
      const before = find(-1, ({ group }) => group < here.group);
      if (!before) return rows.find((row) => row.to > row.from)?.from ?? place;
      return rows.find(
        (row) => row.group === before.group && row.to > row.from,
      )!.from;
    }
  }
}
