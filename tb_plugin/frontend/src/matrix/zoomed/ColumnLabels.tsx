/** Names above the columns of the matrix, with lines to their place. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { shortName } from "../../hierarchy/shortNames.ts";
import * as view from "../../state/all.ts";
import { COLUMN_LEADER, NAMES_GAP } from "../../state/pageLayout.ts";
import { names } from "../../ui/drawing.ts";
import {
  measureAt,
  type Placed,
  pitchFor,
  place,
} from "../../ui/textFitting.ts";
import { columnsOf } from "../canvas/frame.ts";
import { visible } from "../canvas/icicle.ts";
import { IsMirrored } from "../labels/mirrored.ts";
import { styleOfRow } from "../labels/rowStyle.ts";
import { keepOneStop, TreeNode } from "../labels/TreeNode.tsx";

const regular = measureAt(11);
/** Easy distance of names. */
const PITCH = 12.5;
/** Height of a line of text. */
const LINE = 12;

interface Column {
  node: number;
  wanted: number;
  weight: number;
}

const labelled = computed<Placed<Column>[]>(() => {
  const tree = view.tree.value;
  const sums = view.restedEpoch.value?.sums;
  if (!tree || !sums || view.headroom.value === 0) return [];
  const layout = view.layout.value;
  const axis = columnsOf({
    layout,
    window: view.settledWindow.value,
    axes: view.axes.value,
  });
  const hovered = view.hover.value?.columns;
  const candidates = [...view.columnNodes.value].flatMap((node) => {
    const [low, high] = [tree.start[node]!, tree.stop[node]!];
    const span = visible(axis, tree.leafEdges[low]!, tree.leafEdges[high]!);
    if (!span) return [];
    const errors = sums.predictedCount[node]! - sums.correct[node]!;
    const weight = node === hovered ? Number.POSITIVE_INFINITY : errors;
    return [{ node, wanted: (span[0] + span[1]) / 2, weight }];
  });
  const { x, size } = layout.matrix;
  const bounds = {
    pitch: pitchFor(candidates.length, size - 2 * names.edge, PITCH),
    low: x + names.edge,
    high: x + size - names.edge,
  };
  return place(
    candidates,
    bounds,
    view.isZoomed.value ? names.farthestClass : names.farthestGroup,
  );
});

export function ColumnLabels(): JSX.Element | null {
  const tree = view.tree.value;
  const isCopy = useContext(IsMirrored);
  if (!tree) return null;
  const { ticks, rows } = view.layout.value;
  const foot = ticks.y - COLUMN_LEADER;
  const room = foot - rows[3] - NAMES_GAP;
  // While the page zooms in or out, the room for names opens or closes.
  if (room < LINE) return null;
  const sums = view.epoch.value?.sums;
  const hovered = view.hover.value?.columns;
  const chosen = view.chosenColumns.value;
  return (
    <g
      ref={(labels) => keepOneStop(labels)}
      {...(isCopy ? {} : { "data-testid": "column-names" })}
    >
      {labelled.value.map(({ item: { node, wanted }, at }) => {
        const style = styleOfRow(tree, node, { chosen, hovered, sums });
        const end = ticks.y - 1;
        const line =
          `M${at} ${foot + 2} C${at} ${foot + 9} ` +
          `${wanted} ${end - 7} ${wanted} ${end}`;
        return (
          <TreeNode
            key={node}
            role="button"
            tree={tree}
            node={node}
            style={style}
            axis="columns"
            area={{
              x: at - LINE / 2,
              y: foot - room,
              width: LINE,
              height: room,
            }}
          >
            <text
              class="name"
              transform={`translate(${at} ${foot}) rotate(-90)`}
              dy="0.36em"
            >
              {shortName(tree, node, room, regular)}
            </text>
            <path class="leader" d={line} />
          </TreeNode>
        );
      })}
    </g>
  );
}
