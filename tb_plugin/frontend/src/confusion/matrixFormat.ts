/** Decodes a stored confusion matrix (format KHM1) into typed arrays. */

import { readHeader } from "../server/storedHeader.ts";

export interface MatrixHeader {
  version: number;
  size: number;
  nonzeros: number;
  total: number;
  correct: number;
  hierarchy: string;
  grouping: string | null;
  role: string;
  layer: string | null;
}

/** Compressed rows; the columns of a row ascend by label. */
export interface Matrix {
  header: MatrixHeader;
  rowStart: Uint32Array;
  column: Uint16Array;
  count: Uint32Array | Float64Array;
}

/**
 * Decodes the bytes of one epoch, which the server has checked.
 *
 * @param positions of each label the row, and the column, that it becomes
 */
export function decodeMatrix(
  buffer: ArrayBuffer,
  positions: Int32Array,
): Matrix {
  const { header, start } = readHeader<MatrixHeader>(buffer);
  const { size, nonzeros } = header;
  const bytes = new Uint8Array(buffer);
  if (size !== positions.length) {
    throw new Error(
      `the matrix has ${size} rows, its tree ${positions.length} leaves`,
    );
  }

  let at = start;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };

  const rowStart = new Uint32Array(size + 1);
  for (const row of positions) rowStart[row + 1] = varint();
  for (let row = 0; row < size; row++) rowStart[row + 1]! += rowStart[row]!;
  // Each row is written where it belongs: to sort them afterwards would take
  // twice the memory.
  const column = new Uint16Array(nonzeros);
  for (const row of positions) {
    let label = -1;
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      label += varint() + 1;
      column[k] = positions[label]!;
    }
  }
  // No sum of counts is larger than that of all.
  const Counts = header.total >= 2 ** 32 ? Float64Array : Uint32Array;
  const count = new Counts(nonzeros);
  for (const row of positions) {
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      count[k] = varint();
    }
  }
  return { header, rowStart, column, count };
}
