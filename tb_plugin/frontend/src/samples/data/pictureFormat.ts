/** Unpacks a piece of pictures (format KHP1): JPEG files by sample number. */

import { readHeader } from "../../server/storedHeader.ts";

interface PieceHeader {
  version: number;
  pictures: number;
  firsts: number[];
}

export interface Piece {
  /** A file of no bytes is a picture that could not be read. */
  files: Map<number, Uint8Array<ArrayBuffer>>;
  /** Samples from this number on have to be asked for again. */
  until: number;
}

/** So many bytes become letters at once: arguments have to fit on a stack. */
const CHUNK = 4096;

/**
 * A picture as an address for images. The browser asks another process for
 * what a blob's address stands for, which takes a hundred pictures a tenth of a
 * second.
 */
export function addressOf(file: Uint8Array): string {
  let bytes = "";
  for (let at = 0; at < file.length; at += CHUNK) {
    const some = file.subarray(at, at + CHUNK);
    bytes += Reflect.apply(String.fromCharCode, null, some);
  }
  return `data:image/jpeg;base64,${btoa(bytes)}`;
}

/** Unpacks an answer of one or more pieces. */
export function decodePieces(buffers: readonly ArrayBuffer[]): Piece {
  const files: Piece["files"] = new Map();
  const ends = buffers.map((buffer) => decodePiece(buffer, files));
  return { files, until: Math.min(...ends, Number.POSITIVE_INFINITY) };
}

function decodePiece(buffer: ArrayBuffer, files: Piece["files"]): number {
  if (!buffer.byteLength) return Number.POSITIVE_INFINITY;
  const { header, start } = readHeader<PieceHeader>(buffer);
  const { pictures: n, firsts } = header;
  const table = new DataView(buffer, start);
  const body = start + 4 * (2 * n + 1);
  for (let i = 0; i < n; i++) {
    const [from, to] = [n + i, n + i + 1].map((at) =>
      table.getUint32(4 * at, true),
    ) as [number, number];
    const file = new Uint8Array(buffer, body + from, to - from);
    files.set(table.getUint32(4 * i, true), file);
  }
  return firsts[1] ?? Number.POSITIVE_INFINITY;
}
