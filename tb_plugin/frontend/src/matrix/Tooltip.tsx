/** What the pointer points at: dashed lines, a ring, a tooltip. */

import type { JSX } from "preact";
import { commonOf, errorsBetween, sumBetween } from "../confusion/blocks.ts";
import {
  type Epoch,
  precision,
  recall,
  type Sums,
} from "../confusion/cells.ts";
import { precisionInterval, recallInterval } from "../confusion/interval.ts";
import { absenceInWords, absenceOf } from "../confusion/missingClasses.ts";
import { UNTESTED } from "../confusion/pairs.ts";
import {
  classesOf,
  isLeaf,
  lowestCommonAncestorOfNodes,
  placesOf,
  type Tree,
} from "../hierarchy/tree.ts";
import * as view from "../state/all.ts";
import {
  cellTests,
  comparisonNames,
  isEarlier,
  isOfChosenSamples,
  isOfSets,
  isShared,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import {
  changeOfBlock,
  changeOfNode,
} from "../state/comparison/nodeChanges.ts";
import { recount } from "../state/filters.ts";
import {
  isolated,
  percent,
  percentBriefly,
  percentWithin,
  plural,
  points,
  signed,
  whole,
} from "../ui/format.ts";
import { columnsOf, rowsOf } from "./canvas/frame.ts";
import { type Fact, FactBox } from "./FactBox.tsx";
import { pointedOffset } from "./gestures/sideBySidePointer.ts";
import { foldHere } from "./labels/FoldArrow.tsx";
import { zoomedParts } from "./zoomed/lazyZoomed.ts";

const RADIUS = 4.5;

/** Whether nobody knows if a cell changed beyond chance. */
function isUntested(rows: number, columns: number): boolean {
  if (isOfChosenSamples.value) return true;
  return isOfSets.value && cellTests.value?.flagOf(rows, columns) === UNTESTED;
}

export function Tooltip(): JSX.Element | null {
  const hover = view.hover.value;
  const tree = view.tree.value;
  if (!hover || !tree || view.moving.value) return null;
  if (hover.columns !== null && !isShown(tree, hover.rows, hover.columns)) {
    return null;
  }
  return (
    <>
      {hover.columns !== null && (
        <Lines tree={tree} rows={hover.rows} columns={hover.columns} />
      )}
      <Box tree={tree} hover={hover} />
    </>
  );
}

/** A list may point at a cell that the window does not show. */
function isShown(tree: Tree, rows: number, columns: number): boolean {
  const [x, y] = middleOf(tree, rows, columns);
  const { matrix } = view.layout.value;
  const [dx, dy] = [x - matrix.x, y - matrix.y];
  return dx >= 0 && dx <= matrix.size && dy >= 0 && dy <= matrix.size;
}

function middleOf(tree: Tree, rows: number, columns: number): [number, number] {
  const frame = {
    layout: view.layout.value,
    window: view.shownWindow.value,
    axes: view.axes.value,
  };
  const middle = (node: number): number => {
    const [low, high] = placesOf(tree, node);
    return (low + high) / 2;
  };
  return [columnsOf(frame).at(middle(columns)), rowsOf(frame).at(middle(rows))];
}

function Lines({
  tree,
  rows,
  columns,
}: {
  tree: Tree;
  rows: number;
  columns: number;
}): JSX.Element {
  const { map, matrix, sideBySide: twin } = view.layout.value;
  const [x, y] = middleOf(tree, rows, columns);
  return (
    <svg
      class="hover"
      viewBox={`0 ${map.y} ${map.width} ${map.height}`}
      width={map.width}
      height={map.height}
      aria-hidden="true"
    >
      {(twin ? [0, twin] : [0]).map((by) => (
        <g key={by} transform={`translate(${by} 0)`}>
          <path
            d={`M${matrix.x} ${y}H${x - RADIUS}M${x} ${matrix.y}V${y - RADIUS}`}
          />
          <circle cx={x} cy={y} r={RADIUS} />
        </g>
      ))}
    </svg>
  );
}

function Box({
  tree,
  hover,
}: {
  tree: Tree;
  hover: view.Hover;
}): JSX.Element | null {
  const epoch = view.epoch.value;
  const { rows, columns } = hover;
  if (columns !== null ? !epoch : Number.isNaN(hover.x)) return null;
  const [x, y] =
    columns === null ? [hover.x, hover.y] : middleOf(tree, rows, columns);
  const facts =
    columns === null
      ? [...aboutNode(tree, rows, epoch?.sums), ...howToFold(tree, hover)]
      : aboutCell(tree, rows, columns, epoch!);
  const { map } = view.layout.value;
  return <FactBox facts={facts} x={x + pointedOffset.value} y={y - map.y} />;
}

function aboutCell(
  tree: Tree,
  rows: number,
  columns: number,
  epoch: Epoch,
): Fact[] {
  const { sums } = epoch;
  const samples = sums.support[rows]!;
  const count = sumBetween(tree, epoch, rows, columns);
  const share = percentBriefly(count / samples);
  const where = lowestCommonAncestorOfNodes(tree, rows, columns);
  const facts: Fact[] = [
    ["actual", tree.names[rows]!, true],
    ["predicted", tree.names[columns]!, true],
    ["count", `${whole(count)} of ${whole(samples)}  ·  ${share} of row`],
  ];
  const cells = recount.value?.cells;
  if (cells && rows !== columns) {
    const passing = sumBetween(tree, { ...epoch, cells }, rows, columns);
    facts.push(["filtered", whole(passing)]);
  }
  if (commonOf(tree, rows, columns) !== null) {
    if (!isLeaf(tree, where)) {
      const wrong = errorsBetween(tree, epoch, rows, columns);
      facts.push(["wrong class", whole(wrong)]);
    }
    return [...facts, ...changedFacts(rows, columns)];
  }
  facts.push(...changedFacts(rows, columns));
  facts.push(["reverse", whole(sumBetween(tree, epoch, columns, rows))]);
  facts.push([
    "common group",
    `${isolated(tree.names[where]!)} (${tree.height[where]} up)`,
  ]);
  return facts;
}

/** What a block or a node has in the epoch that it is compared with. */
function changedFacts(rows: number, columns: number): Fact[] {
  const facts: Fact[] = [];
  const there = comparisonNames.value.other;
  const by = changeOfBlock(rows, columns);
  if (otherEpoch.value) {
    const tree = view.tree.value!;
    const count = sumBetween(tree, otherEpoch.value, rows, columns);
    const share = count / otherEpoch.value.sums.support[rows]!;
    const how =
      by === null
        ? `${percent(share, 1)} of row`
        : by === 0
          ? "no change"
          : (isEarlier.value ? "since then " : "") + signed(by);
    facts.push([there, `${whole(count)}  ·  ${how}`]);
    if (isUntested(rows, columns)) facts.push(["chance", "not tested"]);
  }
  return facts;
}

/** Where a node has no room for its arrow, nothing else says that it folds. */
function howToFold(tree: Tree, { rows: node, x }: view.Hover): Fact[] {
  const { matrix } = view.layout.value;
  const isAbove = x >= matrix.x && x < matrix.x + matrix.size;
  const axis = isAbove ? "columns" : "rows";
  const fold = foldHere(tree, node, axis);
  if (!fold) return [];
  const does = fold === "open" ? "expand" : "collapse";
  return [[does, `c once selected  ·  Shift: ${axis} alone`]];
}

function aboutNode(tree: Tree, node: number, sums: Sums | undefined): Fact[] {
  const count = classesOf(tree, node);
  // Of a head the leaves are groups.
  const isClass = isLeaf(tree, node) && count === 1;
  const facts: Fact[] = [
    [isClass ? "class" : "group", tree.names[node]!, true],
    ["classes", plural(count, "class", "classes")],
  ];
  if (!isShared(tree, node)) {
    // Its samples are left out: no figure of it would be of the network.
    const what = isLeaf(tree, node) ? "" : "its classes are ";
    facts.push(["note", `${what}not in ${comparisonNames.value.other}`]);
    return facts;
  }
  if (sums) {
    facts.push(["samples", whole(sums.support[node]!)]);
    facts.push([
      "recall",
      percentWithin(recall(sums, node), recallInterval(sums, node)),
    ]);
    facts.push([
      "precision",
      percentWithin(precision(sums, node), precisionInterval(sums, node)),
    ]);
    const absence = absenceOf(sums, node);
    if (absence) facts.push(["note", absenceInWords(absence)]);
    facts.push(...(zoomedParts.value?.remainderInWords(node) ?? []));
  }
  const change = changeOfNode(node);
  if (change) {
    const text = `recall ${points(change.recall)}  ·  precision ${points(change.precision)}`;
    const { other } = comparisonNames.value;
    facts.push([isEarlier.value ? `since ${other}` : other, text]);
  }
  return facts;
}
