/** The timeline of a single epoch: what its curves would be, as a table. */

import type { JSX } from "preact";
import { compared } from "../loading/otherSplit.ts";
import * as view from "../state/all.ts";
import { overlap } from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { percent } from "../ui/format.ts";
import type { Curve } from "./curves.ts";
import { curves, keys, leaveCoarseOut, others } from "./drawnCurves.ts";
import style from "./singleEpoch.css?inline";

addStyle(style);

export function SingleEpoch(props: {
  left: number;
  width: number;
}): JSX.Element | null {
  const all = curves.value;
  const at = view.step.value;
  // Of another run it is the epoch that this one is compared with.
  const there = (compared.value && comparedSeries.value?.step) ?? at;
  const besides = there === at ? "" : `, epoch ${there}`;
  const rows = [
    { name: keys.value.shown, step: at, lines: all },
    { name: keys.value.other + besides, step: there, lines: others.value },
  ].filter(({ lines }) => lines.some(({ points }) => points.length));
  // The panel says it of one alone.
  if (rows.length < 2 && !leaveCoarseOut.value) return null;
  return (
    <table class="single" data-testid="single" style={px(props)}>
      <thead>
        <tr>
          <th scope="row">
            accuracy by level
            {overlap.value && ", over all classes of each run"}
            {leaveCoarseOut.value && ", coarse labels left out"}
          </th>
          {all.map((curve) => (
            <th key={curve.name} scope="col" class={styleOf(curve)}>
              {curve.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, step, lines }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {all.map((curve) => {
              const same = lines.find((line) => line.name === curve.name);
              const now = same?.points.find((point) => point.step === step);
              const share = now?.share ?? Number.NaN;
              return (
                <td key={curve.name} class={styleOf(curve)}>
                  {percent(share)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function styleOf({ kind, isChosen }: Curve): string {
  if (kind !== "level") return "chosen";
  return isChosen ? "strong" : "";
}
