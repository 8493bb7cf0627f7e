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
import { measureAt } from "../../ui/textFitting.ts";
import { rowsOf } from "../canvas/frame.ts";
import { placeNames } from "./placeNames.ts";
import { styleOfRow } from "./rowStyle.ts";
import { keepOneStop, TreeNode } from "./TreeNode.tsx";

const regular = measureAt(11);
/** Where not each has a line, the worst are named, with air between. */
const LOOSE = 20;

/** The rows that get a label: the groups with the most errors first. */
const labelled = computed(() => {
  const tree = view.tree.value;
  if (!tree || !view.layout.value.rowLabels) return [];
  const sums = view.restedEpoch.value?.sums;
  const wanted = [view.hoveredGroup.value, view.chosenRows.value.node];
  return placeNames(
    tree,
    view.rowLabelNodes.value,
    rowsOf(view.settledPlace.value),
    (node) => {
      if (wanted.includes(node)) return Number.POSITIVE_INFINITY;
      return sums ? sums.support[node]! - sums.correct[node]! : 0;
    },
    undefined,
    view.isZoomed.value ? undefined : LOOSE,
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
            arrow={{ x: gutter.x - 6, y: at }}
          >
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
