/**
 * Which epochs cannot be read, where values are of other groups from then on, and
 * of which classes and samples they are.
 */

import type { JSX } from "preact";
import { compared } from "../loading/otherSplit.ts";
import type { EpochInfo } from "../server/answers.ts";
import * as view from "../state/all.ts";
import { overlap } from "../state/comparison/comparedEpoch.ts";
import { addStyle } from "../ui/addStyle.ts";
import { leaveCoarseOut } from "./drawnCurves.ts";
import style from "./epochMarks.css?inline";
import { BOTTOM, type Plot, TOP } from "./plot.ts";

addStyle(style);

export function EpochMarks({ left, width, x }: Plot): JSX.Element {
  const epochs = view.epochs.value;
  return (
    <>
      <g class="trees" data-testid="tree-changes">
        {treeChanges(epochs).map((step) => (
          <g key={step}>
            <path d={`M${x(step)} ${TOP - 4}V${BOTTOM}`} />
            <text x={x(step) + 4} y={BOTTOM - 4}>
              new tree
            </text>
          </g>
        ))}
      </g>
      <g class="bad">
        {epochs
          .filter((info) => !view.usable(info))
          .map(({ step }) => (
            <text key={step} x={x(step)} y={BOTTOM - 4}>
              ×
            </text>
          ))}
      </g>
      {/* The panel and the matrix are of the shared classes. */}
      {overlap.value && (
        <text
          x={left + width + 12}
          y={BOTTOM + 13}
          data-testid="classes-of-curves"
        >
          over all classes{compared.value && " of each run"}
        </text>
      )}
      {leaveCoarseOut.value && (
        <g class="grid">
          <text
            x={left - 11}
            y={BOTTOM + 13}
            class="end"
            data-testid="samples-of-curves"
          >
            coarse labels left out
          </text>
        </g>
      )}
    </>
  );
}

/** The steps at which an epoch has another tree than the one before. */
export function treeChanges(epochs: readonly EpochInfo[]): number[] {
  return epochs
    .filter(view.usable)
    .filter(
      (info, i, all) => i && view.treeKey(info) !== view.treeKey(all[i - 1]!),
    )
    .map(({ step }) => step);
}
