/** Under the head of the overlapping classes: what merging them would gain. */

import type { JSX } from "preact";
import type { Quality } from "../../server/qualityAnswer.ts";
import * as view from "../../state/view.ts";
import { inPercent, percent, points, whole } from "../../ui/format.ts";
import type { PairEntry } from "../data/entries.ts";
import { type Gain, gainOf } from "../data/mergeGain.ts";
import { verdicts } from "../data/verdicts.ts";

interface Props {
  found: Quality;
  all: readonly PairEntry[];
}

export function MergeGain({ found, all }: Props): JSX.Element | null {
  // As the lists, of all classes, whatever the run is compared with.
  const epoch = view.loggedEpoch.value;
  // The lists come a moment after the matrix.
  if (!epoch?.total || view.drawnStep.value !== found.step) return null;
  const evidence = all.filter(({ isListed }) => isListed);
  if (!evidence.length) return null;
  const confirmed = all.filter(
    ({ key }) => verdicts.value.get(key) === "confirmed",
  );
  const of = (entries: readonly PairEntry[]): Gain =>
    gainOf(
      epoch.sums.correct[0]!,
      epoch.total,
      entries.map((entry) => entry.of),
    );
  const gain = of(evidence);
  const { listed } = found.overlapping;
  const sure = confirmed.length ? of(confirmed) : null;
  const { compact } = view.layout.value;
  const count = (each: Gain, all: number): string =>
    `${whole(each.pairs)} of ${whole(all)}`;
  const now = compact
    ? `${whole(gain.pairs)} merged ${inPoints(gain)}, chance ${points(gain.chance)}`
    : `${count(gain, listed)} merged ${inPercent(gain.before)} → ` +
      `${percent(gain.after)}, by chance ${points(gain.chance)}`;
  const title = [
    `Merged, ${count(gain, listed)} listed pairs, no class twice, the most ` +
      `evidence first: ${inPoints(gain)} points of accuracy, by chance ` +
      `${points(gain.chance)}.`,
    ...(sure
      ? [
          `Likewise ${count(sure, confirmed.length)} confirmed: ` +
            `${inPoints(sure)}, by chance ${points(sure.chance)}.`,
        ]
      : []),
    "Errors between the two classes of a pair would be right, and no others.",
    "By chance: what pairs would be crossed, were they like their siblings in",
    "the tree.",
  ];
  return (
    <p class="counts gain" data-testid="merge-gain" title={title.join(" ")}>
      {now}
      {sure && ` · ${compact ? "sure" : "confirmed"} ${inPoints(sure)}`}
    </p>
  );
}

function inPoints({ before, after }: Gain): string {
  return points(after - before);
}
