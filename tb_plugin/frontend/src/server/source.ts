/**
 * All that the page asks: one interface, whoever answers.
 *
 * `tensorboardSource.ts` asks the routes of the plugin. What is stored comes
 * as it lies in the log: the page decodes it.
 */

import type { HierarchyJson } from "../hierarchy/tree.ts";
import type { AgreementAnswer } from "./agreementAnswer.ts";
import type {
  CurvePoint,
  IndexJson,
  RatePoint,
  RunInfo,
  SampleAnswer,
  SampleEpoch,
  Series,
} from "./answers.ts";
import type { LayersAnswer } from "./layersAnswer.ts";
import type { Shown, Significance } from "./significance.ts";
import type { Surprise } from "./surprise.ts";

/** The source could not be reached at all: it may come back. */
export class SourceGone extends Error {}

/** The fields of a question. */
export type Query = Record<string, string | number | readonly string[]>;

/** Runs are keys of `RunInfo.run`; every answer may be a rejected promise. */
export interface Source {
  /** @param sets sets of runs that are listed besides those offered */
  runs(sets: readonly string[]): Promise<RunInfo[]>;
  series(run: string, output: string): Promise<Series>;
  /** A stored matrix, as `confusion/matrixFormat.ts` reads it. */
  matrix(run: string, output: string, step: number): Promise<ArrayBuffer>;
  /** @param grouping the groups of a head, by their digest */
  hierarchy(
    run: string,
    digest: string,
    grouping: string | null,
  ): Promise<HierarchyJson>;
  /** Accuracy a level, and how some nodes of the tree fare, epoch by epoch. */
  curves(
    run: string,
    output: string,
    nodes: readonly number[],
  ): Promise<CurvePoint[]>;
  /** How often the classes below some nodes were named as those of others. */
  rates(
    run: string,
    output: string,
    rows: readonly number[],
    columns: readonly number[],
  ): Promise<RatePoint[]>;
  /** Ids of all nodes, siblings ordered by the confusions of an epoch. */
  order(run: string, output: string, step: number): Promise<string[]>;
  sampleEpochs(run: string, output: string): Promise<SampleEpoch[]>;
  /** Stored samples, as `samples/data/sampleFormat.ts` reads them. */
  samples(run: string, output: string, step: number): Promise<ArrayBuffer>;
  sampleIndex(run: string, digest: string): Promise<IndexJson>;
  /** One sample, epoch by epoch, where classes are numbered as by a tree. */
  sampleHistory(
    run: string,
    output: string,
    hierarchy: string,
    index: string,
    sample: number,
  ): Promise<SampleAnswer[]>;
  /** Thumbnails, as `samples/data/pictureFormat.ts` reads them. */
  pictures(
    run: string,
    index: string,
    samples: readonly number[],
  ): Promise<ArrayBuffer[]>;
  /** What the layers below an output know, as it was last looked at. */
  layers(run: string, output: string, step: number): Promise<LayersAnswer>;
  /** What a view asks by itself: the answer of a route. */
  json<Answer>(route: string, query: Query): Promise<Answer>;
  bytes(route: string, query: Query): Promise<ArrayBuffer>;
  /**
   * Which groups of the other differ from those shown beyond chance.
   *
   * @param level of which the cells are tested as well
   */
  significance(
    shown: Shown,
    other: Shown,
    level?: number,
  ): Promise<Significance>;
  /** Which pairs of a level are confused against what is to be expected. */
  surprise(
    run: string,
    output: string,
    step: number,
    level: number,
  ): Promise<Surprise>;
  /** How far the tree and the errors agree, and which classes they would move. */
  agreement(
    run: string,
    output: string,
    step: number,
  ): Promise<AgreementAnswer>;
}

let chosen: Source;

/** Settles who is asked from now on. */
export function useSource(source: Source): void {
  chosen = source;
}

/** Who is asked: `useSource` comes before. */
export function source(): Source {
  return chosen;
}
