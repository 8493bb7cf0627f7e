/** The samples of the selection: all that comes when they are asked for. */

import type { JSX } from "preact";
import { mostInNoCell } from "../confusion/coarseLabels.ts";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { whole } from "../ui/format.ts";
import { plain, Select } from "../ui/Select.tsx";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import { hasOwn, problem, sampleEpochs, shown } from "./data/loadSamples.ts";
import { isLacking, LACKING } from "./data/pictureCache.ts";
import { loadSamplesFor } from "./followSamples.ts";
import { SampleGrid } from "./grid/SampleGrid.tsx";
import style from "./samples.css?inline";
import { grouping, sortedBy } from "./selection/choices.ts";
import { filtersInWords, notApplied } from "./selection/filterWords.ts";
import {
  GROUPINGS,
  type Grouping,
  SORTS,
  type SortBy,
} from "./selection/grouping.ts";
import {
  arranged,
  facts,
  isFiltering,
  misfit,
  unfiltered,
} from "./selection/shownSamples.ts";
import sampleStyle from "./shared/sample.css?inline";
import { ChangeFilter } from "./sidebar/ChangeFilter.tsx";
import { ProbabilityFilter } from "./sidebar/ProbabilityFilter.tsx";
import { RankFilter } from "./sidebar/RankFilter.tsx";
import { RoleFilter } from "./sidebar/RoleFilter.tsx";
import { SampleMap } from "./sidebar/SampleMap.tsx";
import railStyle from "./sidebar/sidebar.css?inline";

function Sidebar({ side }: { side: number }): JSX.Element {
  return (
    <div class="rail" style={px({ width: side })}>
      <SampleMap side={side} />
      <RoleFilter />
      <ProbabilityFilter width={side} />
      <RankFilter />
      <ChangeFilter />
    </div>
  );
}

const SORTED_BY: Record<SortBy, string> = {
  probability: "probability of the answer",
  margin: "margin",
  loss: "loss",
};

export function Choices(): JSX.Element {
  return (
    <>
      <Select
        label="group by"
        value={grouping.value}
        options={plain(GROUPINGS)}
        onChoose={(by) => {
          grouping.value = by as Grouping;
        }}
      />
      <Select
        label="sort by"
        value={sortedBy.value}
        options={SORTS.map((value) => ({ value, text: SORTED_BY[value] }))}
        onChoose={(by) => {
          sortedBy.value = by as SortBy;
        }}
      />
    </>
  );
}

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

export { SampleDetail as Side } from "./detail/SampleDetail.tsx";
export { KEYS as shortcuts } from "./grid/gridKeys.ts";

addStyle(railStyle + style + sampleStyle);
loadSamplesFor("samples");

/** Left edge of the grid, and what it leaves free at its right. */
const GRID = { wide: 292, compact: 200 };
const RIGHT = 4;

export function Middle(): JSX.Element {
  const { panel, map, compact } = view.pageFrame.value;
  const left = compact ? GRID.compact : GRID.wide;
  const side = left - 40;
  return (
    <div
      class="samples"
      data-testid="samples"
      style={px({ top: map.y, width: panel.x, height: map.height })}
    >
      {facts.value ? (
        <>
          <Sidebar side={side} />
          <SampleGrid left={left} width={panel.x - left - RIGHT} />
        </>
      ) : (
        <EmptyNote />
      )}
    </div>
  );
}

export function caption(): Part[] {
  const loaded = shown.value;
  if (!loaded) return [];
  const { top, classes } = loaded.record.header;
  const count = arranged.value.list.length;
  const said: Part[] = [];
  if (isFiltering.value) {
    const all = whole(unfiltered.value);
    said.push([
      `${whole(count)} of ${all} shown: ${filtersInWords()}`,
      PRIORITY.essential,
    ]);
    const isCounted = loaded.step === view.drawnStep.value;
    said.push([
      isCounted ? "the map counts these" : "the map counts all",
      PRIORITY.essential,
    ]);
  }
  const info = view.epochs.value.find(({ step }) => step === loaded.step);
  if (info) said.push(...mostInNoCell([info]));
  const unused = notApplied();
  if (unused.length)
    said.push([`not counted: ${unused.join("; ")}`, PRIORITY.essential]);
  said.push(
    [
      "bar: probability of the answer, tick: of the actual class",
      PRIORITY.choice,
    ],
    ["below: its rank", PRIORITY.detail],
    [`top ${top} of ${whole(classes)}`, PRIORITY.background],
  );
  if (isLacking.value) {
    said.push([LACKING, PRIORITY.choice]);
  }
  const last = view.epochs.value.at(-1)?.step;
  if (loaded.step !== view.step.value) {
    said.push([`samples of epoch ${loaded.step}`, PRIORITY.essential]);
  }
  const logged = sampleEpochs.value?.length ?? 0;
  said.push([
    `logged at ${logged} of ${view.epochs.value.length} epochs`,
    PRIORITY.background,
  ]);
  said.push([`epoch ${view.step.value} of ${last}`, PRIORITY.subject]);
  return said;
}
