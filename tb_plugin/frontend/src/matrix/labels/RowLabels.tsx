/** Names and recall beside the rows, with lines to their place. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { recall } from "../../confusion/cells.ts";
import { shortName } from "../../hierarchy/shortNames.ts";
import * as view from "../../state/all.ts";
import { isGroupWithinChance } from "../../state/comparison/evidence.ts";
import { changeOfNode } from "../../state/comparison/nodeChanges.ts";
import { styleOfChange } from "../../ui/ChangeText.tsx";
import { names } from "../../ui/drawing.ts";
import { inPercent, points } from "../../ui/format.ts";
import {
  measureAt,
  type Placed,
  pitchFor,
  place,
} from "../../ui/textFitting.ts";
import { rowsOf } from "../canvas/frame.ts";
import { visible } from "../canvas/icicle.ts";
import { FoldArrow } from "./FoldArrow.tsx";
import { styleOfRow } from "./rowStyle.ts";
import { keepOneStop, TreeNode } from "./TreeNode.tsx";

const regular = measureAt(11);

interface Row {
  node: number;
  wanted: number;
  weight: number;
}

/** The rows that get a label: the groups with the most errors first. */
const labelled = computed<Placed<Row>[]>(() => {
  const tree = view.tree.value;
  const layout = view.layout.value;
  if (!tree || !layout.rowLabels) return [];
  const { matrix } = layout;
  const axis = rowsOf({
    layout,
    window: view.settledWindow.value,
    axes: view.axes.value,
  });
  const sums = view.restedEpoch.value?.sums;
  const candidates: Row[] = [];
  for (const node of view.rowLabelNodes.value) {
    const span = visible(
      axis,
      tree.leafEdges[tree.start[node]!]!,
      tree.leafEdges[tree.stop[node]!]!,
    );
    if (!span) continue;
    const errors = sums ? sums.support[node]! - sums.correct[node]! : 0;
    const isWanted =
      node === view.hoveredGroup.value || node === view.chosenRows.value.node;
    const weight = isWanted ? Number.POSITIVE_INFINITY : errors;
    candidates.push({ node, wanted: (span[0] + span[1]) / 2, weight });
  }
  return place(
    candidates,
    {
      pitch: pitchFor(candidates.length, matrix.size - 2 * names.edge),
      low: matrix.y + names.edge,
      high: matrix.y + matrix.size - names.edge,
    },
    view.isZoomed.value ? names.farthestClass : names.farthestGroup,
  );
});

/** @param number what stands beside each name in place of recall */
export function RowLabels({
  number,
}: {
  number?: (node: number) => string;
}): JSX.Element | null {
  const tree = view.tree.value;
  const { rowLabels: gutter, ticks } = view.layout.value;
  if (!tree || !gutter) return null;
  const sums = view.epoch.value?.sums;
  const chosen = view.chosenRows.value;
  const hovered = view.hoveredGroup.value;
  const { nameWidth } = gutter;
  return (
    <g ref={(labels) => keepOneStop(labels)} data-testid="gutter">
      {labelled.value.map(({ item: { node, wanted }, at }) => {
        const style = styleOfRow(tree, node, { chosen, hovered, sums });
        const { leader } = gutter;
        const change = number ? null : changeOfNode(node);
        const end = ticks.x - 1;
        const line =
          `M${leader} ${at} C${leader + names.bend} ${at} ` +
          `${end - names.bend} ${wanted} ${end} ${wanted}`;
        return (
          <TreeNode
            key={node}
            role="button"
            tree={tree}
            node={node}
            style={style}
            axis="rows"
            area={{
              x: gutter.x - 10,
              y: at - 6.5,
              height: 13,
              width: leader - gutter.x + 10,
            }}
          >
            <FoldArrow
              tree={tree}
              node={node}
              axis="rows"
              x={gutter.x - 6}
              y={at}
            />
            <text x={gutter.x} y={at} dy="0.36em" class="name">
              {shortName(tree, node, nameWidth, regular)}
            </text>
            {change ? (
              <text
                x={gutter.recall}
                y={at}
                dy="0.36em"
                class={`count change ${
                  isGroupWithinChance(node)
                    ? "same"
                    : styleOfChange(change.recall, "more")
                }`}
              >
                {points(change.recall, 0)}
              </text>
            ) : (
              <text x={gutter.recall} y={at} dy="0.36em" class="count">
                {number?.(node) ??
                  (sums ? inPercent(recall(sums, node), 0) : "")}
              </text>
            )}
            <path class="leader" d={line} />
          </TreeNode>
        );
      })}
    </g>
  );
}
