/** Why there are no samples to see. */

import type { JSX } from "preact";
import * as view from "../../state/view.ts";
import { hasOwn, problem, shown } from "../data/loadSamples.ts";
import { misfit } from "../selection/shownSamples.ts";

const HOW =
  "BlocksCallback(samples=...), BlocksWriter.samples and " +
  "keras-hier log --scores log them.";

export function EmptyNote(): JSX.Element | null {
  const text = reason();
  return text === null ? null : (
    <p class="nothing" role="status" data-testid="no-samples">
      {text}
    </p>
  );
}

function reason(): string | null {
  if (problem.value) return problem.value;
  if (!hasOwn.value) {
    const runs = view.runs.value ?? [];
    const others = runs.filter(({ samples }) => samples?.length);
    const where = others.map(({ run, samples }) => `${run}: ${samples![0]}`);
    return (
      `No samples logged for output "${view.output.value}" in ${view.run.value}.` +
      (where.length ? ` There are some in ${where.join(", ")}.` : ` ${HOW}`)
    );
  }
  const tree = view.tree.value;
  if (shown.value && tree) {
    const { classes } = shown.value.record.header;
    if (classes !== tree.leaves.length) {
      return `The samples have ${classes} classes, the matrix ${tree.leaves.length}.`;
    }
  }
  // Where there is none they are on their way.
  return misfit.value;
}
