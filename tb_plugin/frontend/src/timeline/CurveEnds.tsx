/** Values and names at the ends of the curves. */

import type { JSX } from "preact";
import { compared } from "../loading/otherSplit.ts";
import * as view from "../state/all.ts";
import { overlap } from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { isLevelWithinChance } from "../state/comparison/evidence.ts";
import { styleOfChange } from "../ui/ChangeText.tsx";
import { inPercent, percent } from "../ui/format.ts";
import { measureAt, shortenBefore, spread } from "../ui/textFitting.ts";
import type { Curve } from "./curves.ts";
import { curves, others } from "./drawnCurves.ts";
import { END_OF_OTHER, lowestEnd } from "./plot.ts";

const small = measureAt(11);

/** The name of a curve; in a comparison, where the other one ends. */
function End(props: {
  curve: Curve;
  share: number;
  x: number;
  y: number;
}): JSX.Element {
  const { curve, share, x, y } = props;
  const there = compared.value
    ? others.value.find(({ name }) => name === curve.name)?.points.at(-1)
    : undefined;
  // While one of the two still trains, their ends do not compare.
  const isSameEpoch = there?.step === curve.points.at(-1)?.step;
  const last = isSameEpoch ? there?.share : undefined;
  const room = last === undefined ? 0 : END_OF_OTHER;
  // The test is of the two epochs that are compared; other classes are not
  // better or worse.
  const isNews =
    there?.step === view.drawnStep.value &&
    there.step === comparedSeries.value?.step &&
    !overlap.value &&
    !isLevelWithinChance(curve.level ?? -1);
  const style =
    last !== undefined && isNews ? styleOfChange(last - share, "more") : "";
  return (
    <>
      {last !== undefined && (
        <text class={`change ${style}`} x={x - 3} y={y} dy="0.36em">
          → {inPercent(last)}
        </text>
      )}
      <text x={x + room} y={y} dy="0.36em">
        {shortenBefore(curve.name, curve.end, 93, small)}
      </text>
    </>
  );
}

/** The epoch on screen, beside what chance would give. */
function inWords({ name, points }: Curve): string {
  const step = view.drawnStep.value;
  const now = points.find((point) => point.step === step);
  if (!now) return name;
  const chance =
    now.chance === undefined ? "" : `, by chance ${percent(now.chance)}`;
  return `${name}, epoch ${step}: ${percent(now.share)}${chance}`;
}

function styleOf({ kind, isChosen }: Curve): string {
  if (kind !== "level") return "chosen";
  return isChosen ? "here" : "";
}

/** Values and names at the ends of the lines, kept apart. */
export function CurveEnds({
  left,
  y,
}: {
  left: number;
  /** Pixel of a share. */
  y: (share: number) => number;
}): JSX.Element {
  const lines = curves.value
    .flatMap((curve) => {
      const last = curve.points.at(-1);
      return last ? [{ curve, share: last.share, wanted: y(last.share) }] : [];
    })
    .sort((a, b) => a.wanted - b.wanted);
  const at = spread(
    lines.map(({ wanted }) => wanted),
    { pitch: 12, low: 12, high: lowestEnd.value },
  );
  return (
    <g class="ends">
      {lines.map(({ curve, share, wanted }, i) => (
        <g key={curve.name} class={styleOf(curve)}>
          <title>{inWords(curve)}</title>
          <path d={`M${left + 3} ${wanted}L${left + 12} ${at[i]}`} />
          <text x={left + 38} y={at[i]} dy="0.36em" class="end">
            {inPercent(share)}
          </text>
          <End curve={curve} share={share} x={left + 45} y={at[i]!} />
        </g>
      ))}
    </g>
  );
}
