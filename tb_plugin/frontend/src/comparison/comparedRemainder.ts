/** Says of a comparison what is out of sight, of either matrix. */

import { computed } from "@preact/signals";
import type { Cells, Epoch } from "../confusion/cells.ts";
import { coarsePerRun, levelsInWords } from "../confusion/coarseLabels.ts";
import { EVERYTHING } from "../confusion/filters.ts";
import { type Part, sumsIn } from "../confusion/remainder.ts";
import type { Groups } from "../hierarchy/groups.ts";
import { groupAt } from "../hierarchy/groups.ts";
import { zoomedParts } from "../matrix/zoomed/lazyZoomed.ts";
import type { EpochInfo } from "../server/answers.ts";
import { cutNames } from "../server/runNames.ts";
import * as view from "../state/all.ts";
import { sideBySidePicture } from "../state/comparison/comparedDrawing.ts";
import {
  comparisonNames,
  inOrderOfChange,
  inShares,
  isOfSets,
  otherCells,
  otherEpoch,
  overlap,
  ownCells,
  showsChanges,
} from "../state/comparison/comparedEpoch.ts";
import {
  comparedEpochs,
  comparedSeries,
} from "../state/comparison/comparison.ts";
import { least, only, range, recount, relation } from "../state/filters.ts";
import { whole } from "../ui/format.ts";
import { type Part as Phrase, PRIORITY } from "../ui/textFitting.ts";

/** The groups in the window once it has come to rest. */
const part = computed<Part | null>(() => {
  const cut = view.cut.value;
  if (!cut) return null;
  const { x, y, span } = view.settledWindow.value;
  const within = (groups: Groups, from: number) =>
    [
      groupAt(groups, from + 1e-6),
      groupAt(groups, from + span - 1e-6) + 1,
    ] as const;
  return { rows: within(cut, y), columns: within(cut.columns, x) };
});

const rests = computed(() => {
  const [here, there] = showsChanges.value
    ? [ownCells.value, otherCells.value]
    : [view.cells.value, sideBySidePicture.value?.cells];
  const [epoch, second] = [view.epoch.value, otherEpoch.value];
  const [code, shown] = [zoomedParts.value, part.value];
  if (!here || !there || !epoch || !second || !code || !shown) return null;
  const rest = (cells: Cells, { errors, total }: Epoch): number =>
    (view.shownCells.value === "errors" ? errors : total) -
    sumsIn(cells, shown).total;
  return [rest(here, epoch), rest(there, second)] as const;
});

/** For the caption; null where all is in sight. */
export function leftOutOfBoth(): string | null {
  const code = zoomedParts.value;
  if (!rests.value || !code) return null;
  const why = overlap.value ? ["classes not shared"] : [];
  if (view.isZoomed.value) why.push("outside the window");
  // A difference is of all counts, and leaves out small changes instead.
  const counts = showsChanges.value
    ? { least: 1, range: EVERYTHING }
    : { least: least.value, range: range.value };
  const chosen = { ...counts, relation: relation.value };
  why.push(...code.reasons(chosen, only.value, view.cellValue.value));
  if (recount.value?.cells) why.push(recount.value.words);
  const said: string[] = [];
  if (why.length) {
    const [here, there] = rests.value;
    const { shown, other: name } = comparisonNames.value;
    const rest = `${shown} ${whole(here)}, ${name} ${whole(there)}`;
    said.push(`left out: ${rest} (${why.join(", ")})`);
  }
  if (least.value > 1 && !inShares.value && showsChanges.value) {
    said.push(`changes under ${whole(least.value)} in other`);
  }
  return said.join(" · ") || null;
}

/** Of which of the two, samples known as a group stand in no cell. */
export function coarseOfBoth(): Phrase[] {
  const { from, to } = comparisonNames.value;
  const infos = inOrderOfChange(
    infoAt(view.epochs.value, view.drawnStep.value),
    infoAt(comparedEpochs.value, comparedSeries.value?.step),
  );
  const short = cutNames([from, to]);
  const found = [from, to].flatMap((name, i) => {
    const info = infos[i];
    if (!info?.coarse) return [];
    return [{ name, short: short[i]!, info: coarsePerRun(info) }];
  });
  if (!found.length) return [];
  const each = isOfSets.value ? " a run" : "";
  const [all, cut] = (["name", "short"] as const).map((which) => {
    const counts = found.map(
      ({ info, ...names }) => `${names[which]}: ${whole(info.coarse)}`,
    );
    return `${counts.join(", ")}${each} with coarse labels in no cell`;
  });
  const shown = view.tree.value?.levels[view.levelIndex.value]?.groups;
  const levels = found.flatMap(({ name, info }) =>
    levelsInWords(info, shown)
      .slice(0, 1)
      .map(([text, priority]): Phrase => [`${name}: ${text}`, priority]),
  );
  return [[all!, PRIORITY.essential, cut!], ...levels];
}

function infoAt(
  epochs: readonly EpochInfo[],
  step: number | undefined,
): EpochInfo | undefined {
  return epochs.find((each) => each.step === step);
}
