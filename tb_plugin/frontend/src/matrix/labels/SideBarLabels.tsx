/** Names of the bars and of what is left out. */

import type { JSX } from "preact";
import * as view from "../../state/all.ts";
import { barsEnd } from "../../state/comparison/barsEnd.ts";
import { showsChanges } from "../../state/comparison/comparedEpoch.ts";
import { drawnRemainder } from "../../state/comparison/drawnRemainder.ts";
import { sideBars } from "../../state/filters.ts";
import { whole } from "../../ui/format.ts";
import { mostPerClass } from "../canvas/drawSideBars.ts";

/** Beside the bars and the *other* row and column. */
export function SideBarLabels(): JSX.Element {
  const rest = drawnRemainder.value;
  const { matrix, remainder: other, rightBars, lowerBars } = view.layout.value;
  const { x, width } = rightBars;
  const low = lowerBars.y + 12;
  const change = showsChanges.value;
  const isSupport = sideBars.value === "support" && !change;
  const ends = change ? changeEnds() : isSupport ? supportEnds() : RATES;
  return (
    <>
      {rest && (
        <g data-testid="other">
          <text x={other.x + other.width} y={matrix.y - 6} class="end">
            other
          </text>
          {rest.columns && (
            <text x={matrix.x - 8} y={other.y + 12} class="end">
              other {rest.write(sum(rest.columns))}
            </text>
          )}
        </g>
      )}
      {width > 0 && (
        <>
          <text x={x + width} y={matrix.y - 6} class="end">
            {isSupport ? "samples" : change ? "Δ recall" : "missed"}
          </text>
          <text x={matrix.x - 8} y={low} class="end">
            {isSupport
              ? "predicted"
              : change
                ? "Δ precision"
                : "false of predicted"}
          </text>
          {ends[1] ? (
            <text x={x - (change ? 8 : 0)} y={low}>
              {ends[0]}
            </text>
          ) : (
            <text x={x + width / 2} y={low} class="centre">
              {ends[0]}
            </text>
          )}
          <text x={x + width + 6} y={low} class="end">
            {ends[1]}
          </text>
        </>
      )}
    </>
  );
}

/** What is missing to 100 % is what is drawn. */
const RATES = ["0", "100 %"];

function changeEnds(): string[] {
  const end = whole(100 * barsEnd.value);
  // Both have no room beside one another.
  return end.length > 2 ? [`±${end}`, ""] : [`−${end}`, `+${end}`];
}

function supportEnds(): string[] {
  const [cut, epoch] = [view.cut.value, view.epoch.value];
  if (!cut || !epoch) return ["", ""];
  const samples = Float64Array.from(
    cut.nodes,
    (node) => epoch.sums.support[node]!,
  );
  return ["0", whole(mostPerClass(cut.edge, samples))];
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
