/** A sample over the logged epochs: when it was learned, and forgotten. */

import type { JSX } from "preact";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { stepTicks } from "../../timeline/curves.ts";
import {
  curveOf,
  curveOfActual,
  type Point,
  rightSpans,
  spansInWords,
} from "../data/epochsRight.ts";
import { shown } from "../data/loadSamples.ts";
import { historyOf } from "./detailedSample.ts";

const HEIGHT = 94;
const TOP = 8;
const BASE = 72;
const LEFT = 24;
const RIGHT = 5;

export function SampleHistory(props: {
  tree: Tree;
  sample: number;
}): JSX.Element | null {
  const { sample } = props;
  const found = historyOf(sample);
  // Of one epoch there is no history.
  if (found && found.length < 2) return null;
  return (
    <section aria-label="Over epochs" data-testid="history">
      <h2>
        Over epochs{" "}
        <span class="label">{found ? spansInWords(found) : ""}</span>
      </h2>
      <Chart sample={sample} />
    </section>
  );
}

function Chart({ sample }: { sample: number }): JSX.Element {
  const width = view.pageFrame.value.panel.width - 32;
  const said = historyOf(sample) ?? [];
  const first = said[0]?.step ?? 1;
  const last = said.at(-1)?.step ?? 2;
  const wide = width - LEFT - RIGHT;
  const x = (step: number): number =>
    LEFT + (wide * (step - first)) / Math.max(1, last - first);
  const y = (share: number): number => BASE - (BASE - TOP) * share;
  const { record, index, step: now } = shown.value!;
  const answer = record.best[0]![sample]!;
  const isRight = answer === index.labels[sample];
  return (
    <svg class="history" width={width} height={HEIGHT} aria-hidden="true">
      {rightSpans(said).map(([from, to]) => (
        <rect
          key={from}
          class="right"
          x={x(from) - 2}
          y={TOP}
          width={x(to) - x(from) + 4}
          height={BASE - TOP}
        />
      ))}
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <path class="line" d={`M${LEFT} ${y(share)}H${width - RIGHT}`} />
          <text x={LEFT - 6} y={y(share)} dy="0.36em" class="end">
            {share === 0.5 ? ".5" : share}
          </text>
        </g>
      ))}
      {stepTicks(first, last, 5).map((step) => (
        <text key={step} x={x(step)} y={BASE + 16} class="centre">
          {step}
        </text>
      ))}
      {first <= now && now <= last && (
        <path class="now" d={`M${x(now)} ${TOP}V${BASE}`} />
      )}
      {!isRight && (
        <Line points={curveOf(said, answer)} x={x} y={y} kind="answer" />
      )}
      <Line points={curveOfActual(said)} x={x} y={y} kind="actual" />
    </svg>
  );
}

function Line(props: {
  points: Point[];
  x: (step: number) => number;
  y: (share: number) => number;
  kind: string;
}): JSX.Element {
  const { points, x, y, kind } = props;
  let isOn = false;
  const path = points
    .map(({ step, share }) => {
      const starts = !isOn;
      isOn = share !== null;
      if (share === null) return "";
      return `${starts ? "M" : "L"}${x(step)} ${y(share)}`;
    })
    .join("");
  return (
    <g class={kind}>
      <path d={path} />
      {points.map(
        ({ step, share }) =>
          share !== null && (
            <circle key={step} cx={x(step)} cy={y(share)} r={1.75} />
          ),
      )}
    </g>
  );
}
