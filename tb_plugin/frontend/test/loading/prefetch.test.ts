// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type * as Cells from "../../src/confusion/cells.ts";
import { hasRoomFor, isKept, kept, load } from "../../src/loading/epochs.ts";
import { fetchAround } from "../../src/loading/prefetch.ts";
import { useSource } from "../../src/server/source.ts";
import { memorySource, petsRun } from "../memorySource.ts";

/** So large that ten epochs fill what is kept. */
const { CELLS } = vi.hoisted(() => ({ CELLS: 1_600_000 }));
const EPOCHS = 20;
const { run } = petsRun;

vi.mock(import("../../src/confusion/cells.ts"), async (original) => {
  const cells = await original();
  const readEpoch = (...given: Parameters<typeof cells.readEpoch>) => {
    const epoch = cells.readEpoch(...given);
    const count = { length: CELLS } as unknown as Cells.Counts;
    return { ...epoch, cells: { ...epoch.cells, count } };
  };
  return { ...cells, readEpoch };
});

test("a sum of runs takes the room of its mean as well", () => {
  const info = { step: 1, wall_time: 0, nonzeros: 12_000_000 };
  expect(hasRoomFor(info)).toBe(true);
  expect(hasRoomFor({ ...info, runs: 10 })).toBe(false);
});

test("where not all epochs fit, the next ones are there, each fetched once", async () => {
  const memory = memorySource();
  const asked: number[] = [];
  useSource({
    ...memory,
    matrix: (of, output, step) => {
      asked.push(step);
      return memory.matrix(of, output, 1);
    },
  });
  const { epochs } = await memory.series(run, "class");
  const series = Array.from({ length: EPOCHS }, (_, i) => ({
    ...epochs[0]!,
    step: i + 1,
    nonzeros: CELLS,
  }));
  for (let step = EPOCHS; step > 0; step--) {
    const shown = series[step - 1]!;
    expect(kept(shown, run, "class") ?? step === EPOCHS).toBeTruthy();
    if (step === EPOCHS) await load(shown, run, "class");
    await fetchAround(series, step, run, "class", () => true);
    for (const next of series.slice(Math.max(step - 5, 0), step)) {
      expect(isKept(next, run, "class")).toBe(true);
    }
  }
  expect(asked).toEqual(series.map(({ step }) => step).reverse());
});
