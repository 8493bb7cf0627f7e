/** Decodes a stored confusion matrix (format KHM1) into typed arrays. */

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

const MAGIC = "KHM1";
const LARGEST = 0xffff;

/** Reads what a matrix says of itself, and how many bytes that takes. */
export function readHeader(buffer: ArrayBuffer): {
  header: MatrixHeader;
  length: number;
} {
  const bytes = new Uint8Array(buffer);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== MAGIC || bytes.length < 8) {
    throw new Error("not a matrix: the data do not begin with KHM1");
  }
  const headerLength = new DataView(buffer).getUint32(4, true);
  if (8 + headerLength > bytes.length) {
    throw new Error("the matrix is cut short inside its header");
  }
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)),
  ) as MatrixHeader;
  if (header.version !== 1) {
    throw new Error(`matrix version ${header.version} is unknown, expected 1`);
  }
  return { header, length: 8 + headerLength };
}

/**
 * Decodes the bytes of one epoch; throws an Error that names what is wrong.
 *
 * @param positions of each label the row, and the column, that it becomes
 */
export function decodeMatrix(
  buffer: ArrayBuffer,
  positions: Int32Array,
): Matrix {
  const { header, length } = readHeader(buffer);
  const { size, nonzeros } = header;
  const bytes = new Uint8Array(buffer);
  // A count takes at least a byte, so a header cannot ask for more than came.
  const left = bytes.length - length;
  if (!(size > 0 && size <= LARGEST && size <= left && nonzeros <= left)) {
    throw new Error(`a matrix of size ${size} does not fit its data`);
  }
  if (size !== positions.length) {
    throw new Error(
      `the matrix has ${size} rows, its tree ${positions.length} leaves`,
    );
  }

  let at = length;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("the matrix is cut short");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };

  const rowStart = new Uint32Array(size + 1);
  for (const row of positions) rowStart[row + 1] = varint();
  for (let row = 0; row < size; row++) rowStart[row + 1]! += rowStart[row]!;
  if (rowStart[size] !== nonzeros) {
    throw new Error("the rows of the matrix do not add up to its nonzeros");
  }
  // Each row is written where it belongs: to sort them afterwards would take
  // twice the memory.
  const column = new Uint16Array(nonzeros);
  for (const row of positions) {
    let label = -1;
    for (let k = rowStart[row]!; k < rowStart[row + 1]!; k++) {
      label += varint() + 1;
      if (label >= size) throw new Error("a column is out of range");
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
