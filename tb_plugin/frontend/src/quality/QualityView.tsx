/** The quality of classes and labels: all that comes when it is asked for. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { mostInNoCell } from "../confusion/coarseLabels.ts";
import { isLacking, LACKING } from "../samples/data/pictureCache.ts";
import { loadSamplesFor } from "../samples/followSamples.ts";
import sampleStyle from "../samples/shared/sample.css?inline";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { CONTROLS, type ShortcutHelp } from "../ui/shortcuts.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";
import {
  inspectedEntry,
  judgeAndGoOn,
  labelList,
  places,
  walkAcross,
  walkBy,
} from "./data/chosenEntry.ts";
import {
  followQuality,
  problem,
  quality,
  sampled,
} from "./data/loadQuality.ts";
import { followVerdicts, type Verdict } from "./data/verdicts.ts";
import detailStyle from "./detail/detail.css?inline";
import { COMPACT, WIDE } from "./lists/ListRows.tsx";
import { QualityList } from "./lists/QualityList.tsx";
import rowStyle from "./lists/rows.css?inline";
import style from "./quality.css?inline";

const CANNOT = ": cannot tell faults of the data from its own errors";

export function caption(): Part[] {
  const found = quality.value;
  if (!found) return [];
  const said: Part[] = [];
  const { overlapping, diverse, suspects, accuracy, is_weak } = found;
  const listed = [
    `${whole(overlapping.listed)} of ${plural(overlapping.tested, "pair", "pairs")}`,
    ...(suspects
      ? [`${whole(suspects.listed)} of ${whole(suspects.samples)} labels`]
      : []),
    `${whole(diverse.listed)} of ${whole(diverse.tested)} classes`,
  ];
  said.push([`listed: ${listed.join(", ")}`, PRIORITY.subject]);
  const isOther = suspects && suspects.step !== found.step;
  const right = (share: number | null): string =>
    `${percent(share ?? Number.NaN)} right`;
  said.push([right(accuracy) + (is_weak ? CANNOT : ""), PRIORITY.essential]);
  const info = view.epochs.value.find(({ step }) => step === found.step);
  if (info) said.push(...mostInNoCell([info]));
  if (view.runInfo.value?.split === "train") {
    said.push([
      "trained on: a network repeats the wrong labels it learned",
      PRIORITY.essential,
    ]);
  }
  if (labelList.value === "two_objects") {
    said.push(["two objects: no evidence, a hint", PRIORITY.essential]);
  }
  if (suspects?.listed)
    said.push(["P(wrong): expected, not counted", PRIORITY.choice]);
  if (suspects) said.push(["tick: threshold of the class", PRIORITY.detail]);
  if (suspects && isOther && (sampled.value || suspects.is_weak)) {
    const of = `samples of epoch ${suspects.step}`;
    said.push([
      suspects.is_weak ? `${of}, ${right(suspects.accuracy)}${CANNOT}` : of,
      PRIORITY.essential,
    ]);
  }
  if (isLacking.value) said.push([LACKING, PRIORITY.choice]);
  const last = view.epochs.value.at(-1)?.step;
  said.push([`epoch ${found.step} of ${last}`, PRIORITY.background]);
  return said;
}

export { EntryDetail as Side } from "./detail/EntryDetail.tsx";

addStyle(sampleStyle + style + rowStyle + detailStyle);
loadSamplesFor("quality");
followQuality();
followVerdicts();

const LEFT = 12;
const RIGHT = 16;
/** Between two lists, the line included. */
const GAP = 26;
const TOP = 8;
/** Narrower lists say nothing: then they stand one below the other. */
const NARROWEST = 180;
/** What is seen of the next of these. */
const PEEK = 40;

/** The lists are in the order of their evidence: there is nothing to choose. */
export function Choices(): null {
  return null;
}

export function Middle(): JSX.Element {
  const { panel, map, compact } = view.pageFrame.value;
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => listenToLists(() => focusTold(area.current)), []);
  const [found, tree] = [quality.value, view.tree.value];
  const room = panel.x - LEFT - RIGHT;
  const third = Math.floor((room - 2 * GAP) / 3);
  const isStacked = third < NARROWEST;
  const width = isStacked ? room : third;
  const height = map.height - (isStacked ? PEEK : TOP);
  return (
    <div
      ref={area}
      class="quality"
      data-testid="quality"
      style={px({ top: map.y, width: panel.x, height: map.height })}
    >
      {found && tree ? (
        places.value.map((list, k) => (
          <QualityList
            key={list}
            tree={tree}
            found={found}
            list={list}
            width={width}
            sizes={compact ? COMPACT : WIDE}
            left={LEFT + (isStacked ? 0 : k * (width + GAP))}
            top={TOP + (isStacked ? k * height : 0)}
            height={height}
          />
        ))
      ) : problem.value !== null ? (
        <p class="nothing" role="status" data-testid="no-quality">
          {problem.value}
        </p>
      ) : (
        <p class="nothing soon" role="status">
          Looking through classes and labels
        </p>
      )}
    </div>
  );
}

/** Keys move the focus along, once the row is there. */
function focusTold(area: HTMLElement | null): void {
  requestAnimationFrame(() => {
    area?.querySelector<HTMLElement>(".told > .whole")?.focus();
  });
}

const VERDICT_KEYS: Record<string, Verdict> = {
  s: "seen",
  c: "confirmed",
  d: "dismissed",
};

export const shortcuts: readonly ShortcutHelp[] = [
  { keys: ["ArrowUp", "ArrowDown"], does: "previous, next entry of the list" },
  { keys: ["ArrowLeft", "ArrowRight"], does: "the entry in the list beside" },
  { keys: ["s"], does: "skip, and on to the next; again takes it back" },
  { keys: ["c"], does: "confirmed, likewise" },
  { keys: ["d"], does: "dismissed, likewise" },
];

function actOf(key: string): (() => void) | null {
  const verdict = VERDICT_KEYS[key.toLowerCase()];
  const now = inspectedEntry.peek();
  if (verdict) return now && (() => judgeAndGoOn(now, verdict));
  switch (key) {
    case "ArrowDown":
      return () => walkBy(1);
    case "ArrowUp":
      return () => walkBy(-1);
    case "ArrowRight":
      return () => walkAcross(1);
    case "ArrowLeft":
      return () => walkAcross(-1);
    default:
      return null;
  }
}

/** @returns what stops listening */
export function listenToLists(after: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.target as Element).closest(CONTROLS)) return;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const act = actOf(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    after();
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}
