// @vitest-environment happy-dom
import { batch } from "@preact/signals";
import { render } from "preact";
import { beforeAll, expect, test } from "vitest";
import type { Loaded } from "../../src/samples/data/loadSamples.ts";
import { shown } from "../../src/samples/data/loadSamples.ts";
import { followHistory } from "../../src/samples/detail/detailedSample.ts";
import { SampleHistory } from "../../src/samples/detail/SampleDetail.tsx";
import { pinned } from "../../src/samples/selection/choices.ts";
import type { SampleAnswer } from "../../src/server/answers.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource } from "../memorySource.ts";
import { pets } from "../pets.ts";
import { until } from "../until.ts";

/** What answers, or refuses to, for the sample of each series. */
const waiting = new Map<string, (ranks: number[] | Error) => void>();
const REFUSED = new Error("it cannot be read");

/** Shows four samples of a series, in the index of that name. */
function show(
  run: string,
  output: string,
  index: string,
  step = 2,
  hierarchy = "tree",
): void {
  const one = new Float32Array(4).fill(0.5);
  const loaded = {
    run,
    output,
    step,
    index: { labels: Uint32Array.of(0, 1, 2, 3) },
    record: {
      header: { samples: 4, classes: 4, top: 1, index, hierarchy },
      best: [Uint32Array.of(0, 1, 2, 3)],
      probability: [one],
      trueProbability: one,
      loss: one,
      trueRank: new Uint32Array(4).fill(1),
    },
  };
  batch(() => {
    view.run.value = run;
    view.output.value = output;
    shown.value = loaded as unknown as Loaded;
  });
}

const answer = (ranks: number[]): SampleAnswer[] =>
  ranks.map((rank, at) => ({ step: at + 1, rank, actual: 0.5 / rank }));

const words = (): string | undefined =>
  document.querySelector('[data-testid="history"] .label')?.textContent;
const dots = (): number => document.querySelectorAll(".history circle").length;
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 9));

/** Lets an answer come, or fail, once it is asked for. */
async function give(series: string, ranks: number[] | Error): Promise<void> {
  await until(() => waiting.has(series));
  waiting.get(series)!(ranks);
  waiting.delete(series);
  await settle();
}

beforeAll(async () => {
  useSource({
    ...memorySource(),
    sampleHistory: (run, output, hierarchy, index) =>
      new Promise((done, fail) => {
        waiting.set(`${run} ${output} ${index} ${hierarchy}`, (ranks) =>
          ranks instanceof Error ? fail(ranks) : done(answer(ranks)),
        );
      }),
  });
  view.pageSize.value = { width: 1440, height: 836 };
  view.tree.value = pets;
  tab.value = "samples";
  pinned.value = 0;
  show("a", "class", "one");
  followHistory();
  render(<SampleHistory tree={pets} sample={0} />, document.body);
  await give("a class one tree", [2, 1, 1]);
});

test.each([
  ["run", "b class one tree"],
  ["output", "a probe one tree"],
  ["index", "a class two tree"],
  ["order of classes", "a class one turned"],
])(
  "of another %s the history of its own sample is shown, or none",
  async (_, series) => {
    const [run, output, index, hierarchy] = series.split(" ");
    show("a", "class", "one");
    await until(() => words());
    expect(dots()).toBeGreaterThan(0);
    show(run!, output!, index!, 2, hierarchy);
    await settle();
    expect([words(), dots()]).toEqual(["", 0]);
    await give(series, REFUSED);
    expect([words(), dots()]).toEqual(["", 0]);
  },
);

test("from epoch to epoch the history of a sample stays", async () => {
  show("a", "class", "one");
  await until(() => words());
  const before = [words(), dots()];
  show("a", "class", "one", 3);
  await settle();
  expect([words(), dots()]).toEqual(before);
});

test("where an epoch was logged again it is asked for again", async () => {
  const log = async (wall_time: number, ranks: number[]) => {
    view.epochs.value = [{ step: 1, wall_time }];
    await give("a class one tree", ranks);
    return dots();
  };
  show("a", "class", "one");
  const before = await log(1, [2, 1, 1]);
  expect(await log(2, [2, 1])).toBeLessThan(before);
});
