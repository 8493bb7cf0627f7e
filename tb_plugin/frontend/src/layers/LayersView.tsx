/** What each layer knows: all that comes when it is asked for. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { percent, plural, whole } from "../ui/format.ts";
import { CONTROLS, type ShortcutHelp } from "../ui/shortcuts.ts";
import { measureAt, type Part, PRIORITY } from "../ui/textFitting.ts";
import { pointedBlock } from "./columns/BlockMatrix.tsx";
import { columnsFor } from "./columns/columnLayout.ts";
import { Gutter } from "./columns/Gutter.tsx";
import { LayerColumn } from "./columns/LayerColumn.tsx";
import { chosenLayer, pointed, walk } from "./data/chosenLayer.ts";
import { matrixRows, movesTested } from "./data/drawnProbes.ts";
import { answered, followLayers, problem } from "./data/loadLayers.ts";
import { followProbes } from "./data/probeMatrices.ts";
import detailStyle from "./detail/layerDetail.css?inline";
import style from "./layers.css?inline";

export function caption(): Part[] {
  const found = answered.value?.found;
  if (!found) return [];
  const { samples, folds, controls, pools } = found.record;
  const said: Part[] = [
    [plural(samples, "sample", "samples"), PRIORITY.subject],
  ];
  if (found.step !== view.step.value) {
    said.push([`layers of epoch ${found.step}`, PRIORITY.essential]);
  }
  said.push([
    controls
      ? `untrained: best layer of ${plural(controls, "network", "networks")}`
      : "no control: what an untrained network reaches is not known",
    controls ? PRIORITY.choice : PRIORITY.essential,
  ]);
  if (new Set(pools).size > 1) {
    said.push(["layers pooled in different ways", PRIORITY.essential]);
  }
  if (controls && folds) {
    said.push(["at right: points over untrained", PRIORITY.choice]);
  }
  const { over } = found.beyond_chance;
  const moved = movesTested.value?.tested;
  if (over.found.some((levels) => levels.includes(false))) {
    said.push(["hatched: within chance of untrained", PRIORITY.choice]);
  }
  const families = [
    ...(over.tested
      ? [`${plural(over.tested, "cell", "cells")} of the map`]
      : []),
    ...(moved ? [`${whole(moved)} of Moved`] : []),
  ];
  if (families.length) {
    const rate = `${percent(over.rate, 0)} false discoveries`;
    const among = families.join(", ");
    said.push([`${rate} among ${among} (Benjamini-Hochberg)`, PRIORITY.choice]);
  }
  if (folds) said.push([`probes in ${folds} folds`, PRIORITY.detail]);
  return said;
}

export { LayerDetail as Side } from "./detail/LayerDetail.tsx";

addStyle(style + detailStyle);
followLayers();
followProbes();

/** Lines of the sentences above the columns, at most; their height. */
const MOST_LINES = 2;
const LINE = 16;
/** Left and right of them; above and below. */
const [BESIDE, AROUND] = [24, 12];
/** Of a line, what words leave empty at its end. */
const RAGGED = 0.95;
const measure = measureAt(13);

/** Layers and levels are chosen in the columns. */
export function Choices(): null {
  return null;
}

export function Middle(): JSX.Element {
  const { panel, map, compact } = view.pageFrame.value;
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => listenToColumns(() => focusChosen(area.current)), []);
  // What is gone under the pointer does not tell that it has left.
  useLayoutEffect(() => forgetPointer, []);
  const found = answered.value?.found;
  return (
    <div
      ref={area}
      class="layers"
      data-testid="layers"
      style={px({ top: map.y, width: panel.x, height: map.height })}
    >
      {found ? (
        <Columns width={panel.x} height={map.height} isCompact={compact} />
      ) : (
        <p
          class={problem.value === null ? "nothing soon" : "nothing"}
          role="status"
          data-testid="no-layers"
        >
          {problem.value ?? "Looking through the layers"}
        </p>
      )}
    </div>
  );
}

/** The first sentences that have room above the columns: none is cut. */
export function fittingSentences(
  all: readonly string[],
  width: number,
): string[] {
  const room = MOST_LINES * width * RAGGED;
  const cut = all.findIndex(
    (_, at) => measure(all.slice(0, at + 1).join(" ")) > room,
  );
  return all.slice(0, cut < 0 ? all.length : Math.max(cut, 1));
}

function Columns(room: {
  width: number;
  height: number;
  isCompact: boolean;
}): JSX.Element {
  const { record, sentences } = answered.value!.found;
  const rows = matrixRows.value;
  const told = fittingSentences(sentences, room.width - BESIDE);
  const words = measure(told.join(" "));
  const lines = Math.ceil(words / (room.width - BESIDE) / RAGGED);
  const title = AROUND + LINE * Math.min(lines, MOST_LINES);
  const below = { ...room, height: room.height - title };
  const columns = columnsFor(below, {
    layers: record.layers.length,
    levels: record.folds > 0 ? record.groups.length : 0,
    matrices: Number(rows.probes) + Number(rows.moved),
  });
  useEffect(() => {
    document
      .querySelector(".layers .told")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosenLayer.value]);
  const [first, ...others] = told;
  return (
    <>
      <h2
        data-testid="layers-title"
        style={px({ height: title })}
        title={sentences.join(" ")}
      >
        <span class="lines">
          {first} <span class="label">{others.join(" ")}</span>
        </span>
      </h2>
      <Gutter of={record} columns={columns} />
      <section
        class="columns"
        aria-label="Layers"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
        tabIndex={0}
        style={px({ left: columns.gutter, top: title })}
      >
        {record.layers.map((name, at) => (
          <LayerColumn key={name} of={record} at={at} columns={columns} />
        ))}
      </section>
    </>
  );
}

function forgetPointer(): void {
  pointed.value = null;
  pointedBlock.value = null;
}

/** Keys move the focus along, once the cell is there. */
function focusChosen(area: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const cell = area?.querySelector<HTMLElement>(".cell[aria-pressed=true]");
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}

export const shortcuts: readonly ShortcutHelp[] = [
  { keys: ["ArrowLeft", "ArrowRight"], does: "previous, next layer" },
  { keys: ["ArrowUp", "ArrowDown"], does: "coarser, finer level" },
];

const STEPS: Record<string, readonly [layers: number, levels: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** @returns what stops listening */
export function listenToColumns(after: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.target as Element).closest(CONTROLS)) return;
    if (document.querySelector(":popover-open, dialog[open]")) return;
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    walk(...step);
    after();
  };
  document.addEventListener("keydown", onKeyDown, true);
  return () => document.removeEventListener("keydown", onKeyDown, true);
}
