/** The samples that are answered wrongly even so, the surest first. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import { shown } from "../../samples/data/loadSamples.ts";
import { clear, pinned, roles } from "../../samples/selection/choices.ts";
import { CORRECT } from "../../samples/selection/sampleRoles.ts";
import { facts } from "../../samples/selection/shownSamples.ts";
import { Picture } from "../../samples/shared/Picture.tsx";
import type { AnswersAnswer } from "../../server/answersAnswer.ts";
import * as view from "../../state/all.ts";
import { showAllCells } from "../../state/filters.ts";
import { tab } from "../../state/tabs.ts";
import { percent, whole } from "../../ui/format.ts";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { nodeOf } from "../data/loadAnswers.ts";

const SIDE = 36;
const PITCH = 44;

/** Opens the samples of its cell, and this one in the panel. */
function open(tree: Tree, sample: number, label: number): void {
  const leaf = tree.leaves[tree.leafOfLabel[label]!]!;
  const predicted = facts.peek()?.predictedLeaf[sample];
  batch(() => {
    clear();
    showAllCells();
    const named = predicted === undefined ? leaf : tree.leaves[predicted]!;
    view.select(leaf, named);
    roles.value = named === leaf ? CORRECT : null;
    pinned.value = sample;
    tab.value = "samples";
  });
}

export function WrongAnswers(props: {
  tree: Tree;
  of: AnswersAnswer;
}): JSX.Element {
  const { tree, of } = props;
  const { total, samples, ids, labels, nodes, confidence } = of.wrong;
  const here = shown.value?.record.header.index === of.index;
  const row = (k: number): JSX.Element => {
    const [sample, label] = [samples[k]!, labels[k]!];
    const leaf = tree.leaves[tree.leafOfLabel[label]!]!;
    return (
      <button
        type="button"
        class="wrong-row"
        title={ids[k]}
        onClick={() => open(tree, sample, label)}
      >
        {here && <Picture sample={sample} side={SIDE} />}
        <span>
          <span class="one-line">{tree.names[leaf]}</span>
          <span class="one-line label">
            answered {tree.names[nodeOf.value[nodes[k]!]!]},{" "}
            {percent(confidence[k]!)} sure
          </span>
        </span>
      </button>
    );
  };
  return (
    <section class="wrong-answers" aria-label="Wrong even so">
      <h2>
        Wrong even so{" "}
        <span class="label">
          {whole(total)} of {whole(of.measured)}, the surest first
        </span>
      </h2>
      <VirtualList
        label="Wrong even so"
        count={samples.length}
        pitch={PITCH}
        of={[tree, of.now.promise]}
        row={row}
      />
    </section>
  );
}
