/** A source that answers from memory: two epochs of the four pets. */

import type { RunInfo } from "../src/server/answers.ts";
import type { Source } from "../src/server/source.ts";
import { encode, petsJson } from "./pets.ts";

const refuse = (what: string) => (): never => {
  throw new Error(`there are no ${what} here`);
};

/** What a matrix says of its tree. */
export const TREE = { hierarchy: "0123456789abcdef", grouping: null };

/** Counts of the pets in label order, with one error or two. */
const matrixOf = (counts: number[]): ArrayBuffer =>
  encode(4, [1, 2, 1, 1], [0, 1, 1, 2, 3], counts, TREE);
const MATRICES: Record<number, ArrayBuffer> = {
  1: matrixOf([10, 8, 2, 10, 10]),
  2: matrixOf([10, 9, 1, 10, 10]),
};

export const petsRun: RunInfo = {
  run: "pets/validation",
  name: "pets",
  split: "validation",
  outputs: ["class"],
  samples: [],
};

export function memorySource(runs: readonly RunInfo[] = [petsRun]): Source {
  return {
    runs: async () => [...runs],
    series: async () => ({
      role: "class",
      layer: null,
      epochs: [1, 2].map((step) => ({
        step,
        wall_time: step,
        ...TREE,
        total: 40,
        correct: 37 + step,
        nonzeros: 5,
      })),
    }),
    matrix: async (_run, _output, step) => MATRICES[step]!.slice(0),
    hierarchy: async () => structuredClone(petsJson),
    curves: async () =>
      [1, 2].map((step) => ({ step, accuracy: [1, 1, 0.9 + step / 100] })),
    rates: async () =>
      [1, 2].map((step) => ({
        step,
        named: { errors: 3 - step, samples: 10, chance: 0.25 },
        reverse: { errors: 3, samples: 10, chance: 0.3 },
      })),
    order: async () => [...petsJson.ids],
    sampleEpochs: async () => [],
    samples: refuse("samples"),
    sampleIndex: refuse("samples"),
    sampleHistory: refuse("samples"),
    pictures: refuse("pictures"),
    layers: refuse("layers"),
    significance: refuse("tests"),
    json: refuse("means"),
    bytes: refuse("means"),
    surprise: refuse("tests"),
    agreement: refuse("trees"),
  };
}

/**
 * What lists epochs 1, 2, ... of the pets.
 *
 * @param times says of a run when each of them was logged
 */
export function seriesAt(
  times: (run: string) => readonly number[],
): Source["series"] {
  const { series } = memorySource();
  return async (run, output) => {
    const { epochs, ...rest } = await series(run, output);
    const listed = times(run).map((wall_time, at) => ({
      ...epochs[0]!,
      step: at + 1,
      wall_time,
    }));
    return { ...rest, epochs: listed };
  };
}
