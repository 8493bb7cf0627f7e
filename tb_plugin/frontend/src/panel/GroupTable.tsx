/** The groups in a selection. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import {
  arrangeParts,
  falseNegatives,
  falsePositives,
} from "../confusion/blocks.ts";
import { f1, precision, recall } from "../confusion/cells.ts";
import { precisionInterval, recallInterval } from "../confusion/interval.ts";
import { nameRanks } from "../hierarchy/classNames.ts";
import { partsOf } from "../hierarchy/groups.ts";
import { classesOf, isLeaf } from "../hierarchy/tree.ts";
import { pageFrame } from "../state/all.ts";
import { isGroupWithinChance } from "../state/comparison/evidence.ts";
import { changeOfNode } from "../state/comparison/nodeChanges.ts";
import { precisionWithinChance } from "../state/comparison/precisionChance.ts";
import {
  type PartKey,
  partSort,
  sortPartsBy,
} from "../state/confusionListSort.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import {
  brief,
  inPercent,
  percent,
  percentWithin,
  plural,
  whole,
} from "../ui/format.ts";
import type { GroupProps } from "./groupProps.ts";
import { ListHead } from "./ListHead.tsx";
import { NodeLink, panelRoom } from "./NodeLink.tsx";
import { ShareBar } from "./ShareBar.tsx";
import { SortHead } from "./SortHead.tsx";

/** Rows of the longest table. */
const MANY = 100;

export function GroupTable({
  tree,
  epoch,
  node,
}: GroupProps): JSX.Element | null {
  const { sums } = epoch;
  const parts = partsOf(tree, node);
  if (!parts.length) return null;
  const areClasses = parts.every((part) => isLeaf(tree, part));
  const values: Record<PartKey, (part: number) => number> = {
    name: (part) => nameRanks(tree)[part]!,
    classes: (part) => classesOf(tree, part),
    samples: (part) => sums.support[part]!,
    recall: (part) => recall(sums, part),
    precision: (part) => precision(sums, part),
    f1: (part) => f1(sums, part),
    missed: (part) => falseNegatives(sums, part),
    intruding: (part) => falsePositives(sums, part),
  };
  const errors = (part: number): number =>
    falseNegatives(sums, part) + falsePositives(sums, part);
  const sorted = partSort.value;
  // Bad scores first, many errors first.
  const isUp = (key: PartKey): boolean =>
    ["name", "recall", "precision", "f1"].includes(key);
  const shown = sorted
    ? arrangeParts(
        parts,
        values[sorted.key],
        isUp(sorted.key) !== sorted.flipped,
      )
    : arrangeParts(
        arrangeParts(parts, errors, false),
        areClasses ? errors : values.classes,
        false,
      );
  const { width } = pageFrame.value.panel;
  const isComparing = changeOfNode(node) !== null;
  const hasPrecision = width >= 340 && !isComparing;
  const hasF1 = width >= 400 && !isComparing;
  const columns = 1 + Number(hasPrecision) + Number(hasF1);
  const room = panelRoom() - (width < 300 ? 110 : 132) - 40 * columns;
  const head = (key: PartKey, text: string, title: string): JSX.Element => (
    <th
      scope="col"
      class={key === "name" ? "" : "number"}
      aria-sort={
        sorted?.key === key
          ? isUp(key) !== sorted.flipped
            ? "ascending"
            : "descending"
          : "none"
      }
    >
      <SortHead
        sorted={{
          isOn: sorted?.key === key,
          flipped: sorted?.flipped ?? false,
          isUp: isUp(key),
        }}
        title={title}
        onSort={() => sortPartsBy(key)}
      >
        {text}
      </SortHead>
    </th>
  );
  const table = (
    <>
      <ListHead areClasses={areClasses} />
      <table class="parts">
        <thead>
          <tr>
            {head("name", "name", "By name")}
            {areClasses
              ? head("samples", "samples", "By number of samples")
              : head("classes", "classes", "By number of classes")}
            <th class="bars" />
            {head("recall", "recall", "By recall")}
            {hasPrecision && head("precision", "prec.", "By precision")}
            {hasF1 && head("f1", "F1", "By F1")}
            {head("missed", isComparing ? "ΔFN" : "FN", "By false negatives")}
            {head(
              "intruding",
              isComparing ? "ΔFP" : "FP",
              "By false positives",
            )}
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, MANY).map((part) => {
            const change = changeOfNode(part);
            return (
              <tr
                key={part}
                title={[
                  plural(sums.support[part]!, "sample", "samples"),
                  `recall ${percentWithin(recall(sums, part), recallInterval(sums, part))}`,
                  `precision ${percentWithin(precision(sums, part), precisionInterval(sums, part))}`,
                  `F1 ${percent(f1(sums, part))}`,
                  `TP ${whole(sums.truePositives[part]!)}`,
                  `FN ${whole(falseNegatives(sums, part))}`,
                  `FP ${whole(falsePositives(sums, part))}`,
                ].join(", ")}
              >
                <td>
                  <NodeLink tree={tree} node={part} room={room} />
                </td>
                <td class="number label">
                  {brief(values[areClasses ? "samples" : "classes"](part))}
                </td>
                <td class="bar">
                  <ShareBar
                    share={recall(sums, part)}
                    within={recallInterval(sums, part)}
                  />
                </td>
                <td class="number">{inPercent(recall(sums, part))}</td>
                {hasPrecision && (
                  <td class="number">{inPercent(precision(sums, part))}</td>
                )}
                {hasF1 && <td class="number">{inPercent(f1(sums, part))}</td>}
                <td class="number">
                  {change ? (
                    <ChangeText
                      by={change.falseNegatives}
                      good="less"
                      isChance={isGroupWithinChance(part)}
                    />
                  ) : (
                    brief(falseNegatives(sums, part))
                  )}
                </td>
                <td class="number">
                  {change ? (
                    <ChangeText
                      by={change.falsePositives}
                      good="less"
                      isChance={precisionWithinChance.value.has(part)}
                    />
                  ) : (
                    brief(falsePositives(sums, part))
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
  return (
    <section aria-label="Parts" data-testid="parts">
      {node > 0 || isComparing ? table : <Folded>{table}</Folded>}
    </section>
  );
}

/** Whether the parts of the whole are listed, once somebody asked for them. */
const isUnfolded = signal(false);

function Folded({ children }: { children: JSX.Element }): JSX.Element {
  return (
    <details
      open={isUnfolded.value}
      onToggle={({ currentTarget }) => {
        isUnfolded.value = currentTarget.open;
      }}
    >
      <summary>Groups and classes</summary>
      {isUnfolded.value && children}
    </details>
  );
}
