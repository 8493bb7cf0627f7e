/** Fetches what the layers know, of the shown run and epoch. */

import { computed, effect } from "@preact/signals";
import { LatestAnswer } from "../../loading/latestAnswer.ts";
import type { LayersAnswer, LayersRecord } from "../../server/layersAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { stampOfAll } from "../../state/page.ts";
import { tab } from "../../state/tabs.ts";
import { PromiseCache } from "../../ui/promiseCache.ts";

interface Answer {
  run: string;
  output: string;
  found: LayersAnswer;
}

const answer = new LatestAnswer<Answer>();
export const problem = answer.problem;

const MOST = 40;
const known = new PromiseCache<LayersAnswer>(MOST);

/** The output whose layers are shown: a head has none below it. */
const wanted = computed(() => {
  const outputs = view.runInfo.value?.layers ?? [];
  const shown = view.output.value;
  return outputs.includes(shown) ? shown : (outputs[0] ?? "");
});

/** The answer, as long as it speaks of what is shown. */
export const answered = computed<Answer | null>(() => {
  const got = answer.value.value;
  const isSame = got?.run === view.run.value && got.output === wanted.value;
  return isSame ? got : null;
});

export const record = computed<LayersRecord | null>(
  () => answered.value?.found.record ?? null,
);

/** Whether a layer differs from untrained ones at a level by chance alone. */
export function isChanceAt(layer: number, level: number): boolean {
  const tests = answered.value?.found.beyond_chance.over;
  return tests?.found[layer]?.[level] === false;
}

/** The same of its alignment with the tree, or of what it adds. */
export function isChanceOf(
  what: "alignment_over" | "adds_error" | "adds_loss",
  layer: number,
): boolean {
  const tests = answered.value?.found.beyond_chance[what];
  return tests?.found[layer] === false;
}

/** Whether a layer knows the classes no worse than the best, but by chance. */
export function isAsGoodAsBest(layer: number): boolean {
  return answered.value?.found.beyond_chance.behind[layer] === false;
}

async function load(run: string, output: string, step: number): Promise<void> {
  if (!output) return answer.refuse("This run holds nothing about layers.");
  // What was logged since may be about this epoch.
  const key = [run, output, step, stampOfAll(view.epochs.peek())].join("\n");
  await answer.ask(async () => ({
    run,
    output,
    found: await known.get(key, () => source().layers(run, output, step)),
  }));
}

export function followLayers(): void {
  effect(() => {
    if (
      tab.value !== "layers" ||
      view.step.value === view.NO_EPOCH ||
      !view.runInfo.value
    )
      return;
    view.epochs.value;
    void load(view.run.value, wanted.value, view.step.value);
  });
}
