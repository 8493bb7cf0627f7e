/** Values and names at the ends of the curves. */

import type { JSX } from "preact";
import { compared } from "../loading/otherSplit.ts";
import * as view from "../state/all.ts";
import { overlap } from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { isLevelWithinChance } from "../state/comparison/evidence.ts";
import { styleOfChange } from "../ui/ChangeText.tsx";
import { inPercent, percent } from "../ui/format.ts";
import { measureAt, shortenBefore } from "../ui/textFitting.ts";
import type { Curve } from "./curves.ts";
import { curves, others } from "./drawnCurves.ts";
import { type LineEnd, LineEnds } from "./LineEnds.tsx";
import { yOf } from "./plot.ts";

const small = measureAt(11);

/** In a comparison, where the other one ends. */
function besideOf(curve: Curve, share: number): LineEnd["beside"] {
  const there = compared.value
    ? others.value.find(({ name }) => name === curve.name)?.points.at(-1)
    : undefined;
  // While one of the two still trains, their ends do not compare.
  if (!there || there.step !== curve.points.at(-1)?.step) return undefined;
  // The test is of the two epochs that are compared; other classes are not
  // better or worse.
  const isNews =
    there.step === view.drawnStep.value &&
    there.step === comparedSeries.value?.step &&
    !overlap.value &&
    !isLevelWithinChance(curve.level ?? -1);
  const style = isNews ? styleOfChange(there.share - share, "more") : "";
  return { value: inPercent(there.share), style };
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

export function CurveEnds({ left }: { left: number }): JSX.Element {
  const ends = curves.value.flatMap((curve): LineEnd[] => {
    const last = curve.points.at(-1);
    if (!last) return [];
    return [
      {
        key: curve.name,
        style: styleOf(curve),
        title: inWords(curve),
        wanted: yOf(last.share),
        value: inPercent(last.share),
        name: shortenBefore(curve.name, curve.end, 93, small),
        beside: besideOf(curve, last.share),
      },
    ];
  });
  return <LineEnds left={left} ends={ends} />;
}
