/** Names above the columns of the matrix, with lines to their place. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { shortName } from "../../hierarchy/shortNames.ts";
import * as view from "../../state/all.ts";
import { COLUMN_LEADER, NAMES_GAP } from "../../state/pageLayout.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { columnsOf } from "../canvas/frame.ts";
import { IsMirrored } from "../labels/mirrored.ts";
import { placeNames } from "../labels/placeNames.ts";
import { styleOfRow } from "../labels/rowStyle.ts";
import { keepOneStop, TreeNode } from "../labels/TreeNode.tsx";

const regular = measureAt(11);
/** Easy distance of names. */
const PITCH = 12.5;
/** Height of a line of text. */
const LINE = 12;

const labelled = computed(() => {
  const tree = view.tree.value;
  const sums = view.restedEpoch.value?.sums;
  if (!tree || !sums || view.headroom.value === 0) return [];
  const hovered = view.hover.value?.columns;
  return placeNames(
    tree,
    view.columnNodes.value,
    columnsOf(view.settledPlace.value),
    (node) =>
      node === hovered
        ? Number.POSITIVE_INFINITY
        : sums.predictedCount[node]! - sums.correct[node]!,
    PITCH,
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
