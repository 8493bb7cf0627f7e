/** Decodes a stored record of samples (format KHS1) into typed arrays. */

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

const MAGIC = "KHS1";
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

/** Reads the header that all of our formats begin with. */
export function readHeader<Header>(
  buffer: ArrayBuffer,
  magic: string,
  what: string,
): { header: Header; start: number } {
  const bytes = new Uint8Array(buffer);
  const found = String.fromCharCode(...bytes.subarray(0, 4));
  if (found !== magic || bytes.length < 8) {
    throw new Error(`not ${what}: the data do not begin with ${magic}`);
  }
  const length = new DataView(buffer).getUint32(4, true);
  if (8 + length > bytes.length) {
    throw new Error(`${what} is cut short inside its header`);
  }
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header = JSON.parse(text) as Header & { version: number };
  if (header.version !== 1) {
    throw new Error(`version ${header.version} of ${what} is unknown`);
  }
  return { header, start: 8 + length };
}

/** Decodes a record; throws an Error that names what is wrong. */
export function decodeSamples(
  buffer: ArrayBuffer,
  index: SampleIndex,
): SampleRecord {
  const what = "the record of samples";
  const { header, start } = readHeader<RecordHeader>(buffer, MAGIC, what);
  const { samples, classes, top } = header;
  const width = classes <= 2 ** 8 ? 1 : classes <= 2 ** 16 ? 2 : 4;
  const planes = (top + 1) * width + top + 3;
  if (buffer.byteLength - start !== planes * samples || !(top >= 1)) {
    throw new Error(`${what} does not hold ${samples} samples`);
  }
  if (samples !== index.labels.length || classes !== index.first.length - 1) {
    throw new Error(`${what} is not about those of its index`);
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
    if (best[0]![i]! >= classes) throw new Error("a class is out of range");
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
