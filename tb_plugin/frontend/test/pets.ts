/** Four classes in a small tree, and a matrix whose sums are done by hand. */

import { readEpoch } from "../src/confusion/cells.ts";
import { buildTree, type HierarchyJson } from "../src/hierarchy/tree.ts";

// all classes 0
//   animal 1
//     dog 2: pug 3, husky 4
//     cat 5: tabby 6
//   vehicle 7: bus 8
// Labels: bus 0, husky 1, pug 2, tabby 3.
export const petsJson = {
  parents: [-1, 0, 1, 2, 2, 1, 5, 0, 7],
  ids: ["all", "animal", "dog", "pug", "husky", "cat", "tabby", "car", "bus"],
  names: ["all", "animal", "dog", "pug", "husky", "cat", "tabby", "car", "bus"],
  labels: [-1, -1, -1, 2, 1, -1, 3, -1, 0],
  sizes: [1, 1, 1, 1],
  levels: [
    { groups: 2, nodes: [1, 7] },
    { groups: 3, nodes: [2, 5, 7] },
    { groups: 4, nodes: [3, 4, 6, 8] },
  ],
};

export const pets = buildTree(petsJson);

/** Classes without groups, in the order of the page. */
export function flat(
  ids: readonly string[],
  sizes = ids.map(() => 1),
): HierarchyJson {
  return {
    parents: [-1, ...ids.map(() => 0)],
    ids: ["(root)", ...ids],
    names: ["all", ...ids],
    labels: [-1, ...ids.keys()],
    sizes,
    levels: [{ groups: ids.length, nodes: ids.map((_, i) => i + 1) }],
  };
}

/** Bytes behind a header, as records of the log have them. */
export function packed(
  magic: string,
  header: object,
  body: number[],
): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8);
  head.set(new TextEncoder().encode(magic));
  new DataView(head.buffer).setUint32(4, text.length, true);
  return Uint8Array.from([...head, ...text, ...body]).buffer;
}

export function encode(
  size: number,
  perRow: number[],
  deltas: number[],
  counts: number[],
  changes: object = {},
): ArrayBuffer {
  const header = { version: 1, size, nonzeros: deltas.length, ...changes };
  return packed("KHM1", header, [...perRow, ...deltas, ...counts]);
}

/** Cells, row by row: row, column and count of each. */
export function encodeCells(
  size: number,
  cells: readonly (readonly number[])[],
  changes: object = {},
): ArrayBuffer {
  const perRow = new Array<number>(size).fill(0);
  let last: readonly number[] = [-1, -1];
  const deltas = cells.map((cell) => {
    const [row, column] = cell as [number, number];
    perRow[row]!++;
    const before = last[0] === row ? last[1]! : -1;
    last = cell;
    return column - before - 1;
  });
  const counts = cells.map(([, , count]) => count!);
  return encode(size, perRow, deltas, counts, changes);
}

//        bus husky pug tabby                    pug husky tabby bus
// bus      9     0   0     1    in the order     8     2     0   0
// husky    0     6   3     1    of the tree:     3     6     1   0
// pug      0     2   8     0                     0     0     9   1
// tabby    1     0   0     9                     0     0     1   9
export const petsMatrix = encode(
  4,
  [2, 3, 2, 2],
  [0, 2, 1, 0, 0, 1, 0, 0, 2],
  [9, 1, 6, 3, 1, 2, 8, 1, 9],
);

export const petsEpoch = readEpoch(petsMatrix, pets);
