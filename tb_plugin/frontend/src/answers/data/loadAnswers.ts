/** Asks for the answers of the shown epoch at the promise. */

import { computed, effect } from "@preact/signals";
import { KeyedAnswer } from "../../loading/keyedAnswer.ts";
import type { AnswersAnswer } from "../../server/answersAnswer.ts";
import { source } from "../../server/source.ts";
import * as view from "../../state/all.ts";
import { stampOfAll } from "../../state/page.ts";
import { promise, tab } from "../../state/tabs.ts";

/** Dragging does not ask for each promise. */
const PAUSE = 150;
const MOST = 40;

const answer = new KeyedAnswer<AnswersAnswer>(MOST);

function keyOf(): string {
  return [view.run.value, view.output.value, view.step.value].join("\n");
}

/** What was answered last of the run and epoch on screen. */
const told = computed(() => {
  const got = answer.value.value;
  return got?.of.startsWith(`${keyOf()}\n`) ? got : null;
});

export const answers = computed(() => told.value?.found ?? null);
export const problem = computed(
  () => told.value?.error ?? answer.problem.value,
);

/** The page's node of each of the log's. */
export const nodeOf = computed(() => {
  const logged = view.tree.value?.logged ?? new Int32Array();
  const found = new Int32Array(logged.length);
  logged.forEach((number, node) => {
    found[number] = node;
  });
  return found;
});

const USUAL = 95;

/** The share of right answers that is promised, in whole percents. */
export const promised = computed(
  () => bounded(Number.parseInt(promise.value, 10) || USUAL) / 100,
);

/** Only saying nothing is always right. */
function bounded(percents: number): number {
  return Math.min(Math.max(percents, 50), 99);
}

export function setPromise(share: number): void {
  const percents = bounded(Math.round(100 * share));
  promise.value = percents === USUAL ? "" : `${percents}`;
}

export function followAnswers(): void {
  effect(() => {
    if (tab.value !== "answers" || view.drawnStep.value === view.NO_EPOCH)
      return;
    const [run, output, step] = [
      view.run.value,
      view.output.value,
      view.step.value,
    ];
    const [level, wanted] = [view.levelIndex.value, promised.value];
    const stamp = stampOfAll(view.epochs.value);
    const of = [run, output, step, level, wanted, stamp].join("\n");
    const query = { run, output, step, level, promise: wanted.toFixed(2) };
    const isFirst = answer.value.peek() === null;
    const timer = setTimeout(
      () =>
        void answer.askFor(of, () =>
          source().json<AnswersAnswer>("answers", query),
        ),
      isFirst ? 0 : PAUSE,
    );
    return () => clearTimeout(timer);
  });
}
