/** The routes about samples. */

import { get } from "../api.ts";
import { decodePiece, type Piece } from "./piece.ts";
import { type IndexJson, readIndex, type SampleIndex } from "./sampleindex.ts";

export interface SampleEpoch {
  step: number;
  wall_time: number;
  samples?: number;
  top?: number;
  hierarchy?: string;
  index?: string;
  error?: string;
}

export interface Said {
  step: number;
  classes?: number[];
  probabilities?: number[];
  actual?: number | null;
  rank?: number | null;
  error?: string;
}

export async function fetchSampleEpochs(
  run: string,
  output: string,
): Promise<SampleEpoch[]> {
  const body = await (await get("sample_epochs", { run, output })).json();
  return (body as { epochs: SampleEpoch[] }).epochs;
}

export async function fetchSamples(
  run: string,
  output: string,
  step: number,
): Promise<ArrayBuffer> {
  const query = { run, output, step: String(step) };
  return (await get("samples", query)).arrayBuffer();
}

export async function fetchIndex(
  run: string,
  digest: string,
): Promise<SampleIndex> {
  const answer = await get("sample_index", { run, digest });
  return readIndex((await answer.json()) as IndexJson);
}

export async function fetchPictures(
  run: string,
  index: string,
  numbers: readonly number[],
): Promise<Piece> {
  const query = { run, index, samples: numbers.join(",") };
  return decodePiece(await (await get("pictures", query)).arrayBuffer());
}

export async function fetchHistory(
  run: string,
  output: string,
  index: string,
  sample: number,
): Promise<Said[]> {
  const query = { run, output, index, sample: String(sample) };
  const body = await (await get("sample_history", query)).json();
  return (body as { epochs: Said[] }).epochs;
}
