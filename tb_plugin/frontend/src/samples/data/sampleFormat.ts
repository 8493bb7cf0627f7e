/** Decodes a stored record of samples (format KHS1) into typed arrays. */

import { readHeader } from "../../server/storedHeader.ts";
import type { SampleIndex } from "./sampleIndex.ts";

export interface RecordHeader {
  version: number;
  samples: number;
  classes: number;
  top: number;
  hierarchy: string;
  index: string;
}

/** What was said of N samples, in the order of their index. */
export interface SampleRecord {
  header: RecordHeader;
  /** [K] of [N] labels, best first. */
  best: Uint32Array[];
  /** [K] of [N], theirs. */
  probability: Float32Array[];
  /** [N] of the actual class: NaN where it is beyond the K and unknown. */
  trueProbability: Float32Array;
  /** [N] its negative logarithm. */
  loss: Float32Array;
  /** [N] place of the actual class from 1; 0 where that is unknown. */
  trueRank: Uint32Array;
}

const ONE = 4096;
const PER_E = 256;
const UNKNOWN = 65534;
const ZERO = 65535;

/** The surprise, -ln p, that a code stands for. */
function surpriseOf(code: number): number {
  if (code === ZERO) return Number.POSITIVE_INFINITY;
  return code === UNKNOWN ? Number.NaN : Math.exp((code - ONE) / PER_E);
}

/** [256] what share of the first probability a byte stands for. */
const shares = Float32Array.from({ length: 256 }, (_, byte) => {
  return (byte / 255) ** 2;
});

/** Decodes a record, which the server has checked. */
export function decodeSamples(
  buffer: ArrayBuffer,
  index: SampleIndex,
): SampleRecord {
  const { header, start } = readHeader<RecordHeader>(buffer);
  const { samples, classes, top } = header;
  const width = classes <= 2 ** 8 ? 1 : classes <= 2 ** 16 ? 2 : 4;
  // It may have been logged again since its index was listed.
  if (samples !== index.labels.length || classes !== index.first.length - 1) {
    throw new Error("the record of samples is not about those of its index");
  }
  let at = start;
  const plane = (): Uint8Array => {
    at += samples;
    return new Uint8Array(buffer, at - samples, samples);
  };
  const numbers = (bytes: number): Uint32Array => {
    const values = Uint32Array.from(plane());
    for (let place = 1; place < bytes; place++) {
      const high = plane();
      const shift = 8 * place;
      for (let i = 0; i < samples; i++) values[i]! |= high[i]! << shift;
    }
    return values;
  };
  const best = Array.from({ length: top }, () => numbers(width));
  const firstCode = numbers(2);
  const first = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    first[i] = Math.exp(-surpriseOf(firstCode[i]!));
  }
  const probability = [first];
  for (let k = 1; k < top; k++) {
    const bytes = plane();
    const values = new Float32Array(samples);
    for (let i = 0; i < samples; i++)
      values[i] = first[i]! * shares[bytes[i]!]!;
    probability.push(values);
  }
  const actualCode = numbers(2);
  const above = numbers(width);
  const actual = new Float32Array(samples);
  const loss = new Float32Array(samples);
  const rank = new Uint32Array(samples);
  for (let i = 0; i < samples; i++) {
    const label = index.labels[i]!;
    let place = 0;
    while (place < top && best[place]![i] !== label) place++;
    rank[i] = place < top ? place + 1 : above[i] ? above[i]! + 1 : 0;
    const code = place === 0 ? firstCode[i]! : actualCode[i]!;
    const surprise = surpriseOf(code);
    actual[i] = Math.exp(-surprise);
    loss[i] = surprise;
  }
  return {
    header,
    best,
    probability,
    trueProbability: actual,
    loss,
    trueRank: rank,
  };
}
