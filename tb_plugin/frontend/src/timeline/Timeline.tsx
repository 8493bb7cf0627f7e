/** The timeline: curves over epochs whose cursor is the epoch slider. */

import type { JSX } from "preact";
import { compared } from "../loading/otherSplit.ts";
import * as view from "../state/all.ts";
import { overlap } from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { isLevelWithinChance } from "../state/comparison/evidence.ts";
import { px } from "../state/pageLayout.ts";
import { partRates } from "../state/partRates.ts";
import { styleOfChange } from "../ui/ChangeText.tsx";
import { inPercent, percent } from "../ui/format.ts";
import { lazy } from "../ui/lazy.ts";
import { measureAt, shortenBefore } from "../ui/textFitting.ts";
import { type Curve, isMarked, stepTicks, within } from "./curves.ts";
import { curves, leaveCoarseOut, other, others, split } from "./drawnCurves.ts";
import { type LineEnd, LineEnds } from "./LineEnds.tsx";
import { bandOf, pathOf } from "./paths.ts";
import { BOTTOM, type Plot, plot, TOP, yOf } from "./plot.ts";
import { ThresholdHandle } from "./ThresholdHandle.tsx";
import { type Reached, reached, Thresholds } from "./Thresholds.tsx";
import { Transport } from "./Transport.tsx";

export function Timeline(): JSX.Element {
  const { timeline: strip, panel } = view.pageFrame.value;
  return (
    <footer
      class="strip"
      data-testid="strip"
      style={px({ top: strip.y, width: panel.x, height: strip.height })}
    >
      <Transport />
      <Track />
    </footer>
  );
}

const single = lazy(() => import("./SingleEpoch.tsx"));
const marks = lazy(() => import("./EpochMarks.tsx"));
const part = lazy(() => import("./PartCurves.tsx"));

/** How far the slider reaches beyond the first and the last epoch. */
const SLACK = 8;

function Track(): JSX.Element | null {
  const { timeline: strip, panel } = view.pageFrame.value;
  if (!plot.value) return null;
  const { first, last, left, x } = plot.value;
  if (first === last) {
    const table = single();
    const start = left - 100;
    return (
      table && <table.SingleEpoch left={start} width={panel.x - start - 12} />
    );
  }
  const isNoted =
    overlap.value || leaveCoarseOut.value || view.epochs.value.some(isMarked);
  const notes = isNoted && marks();
  const drawn = partRates.value && part();
  return (
    <>
      <svg
        class="track"
        aria-hidden="true"
        width={panel.x}
        height={strip.height}
      >
        <Steps plot={plot.value} reached={drawn ? [] : reached.value} />
        {drawn ? (
          <drawn.PartCurves plot={plot.value} points={partRates.value!} />
        ) : (
          <LevelCurves plot={plot.value} />
        )}
        {notes && <notes.EpochMarks {...plot.value} />}
        <Cursor x={x} />
      </svg>
      <Slider {...plot.value} />
      {!drawn && <ThresholdHandle right={left} />}
    </>
  );
}

/** How right the answers are at every level, and those of the selection. */
function LevelCurves({ plot }: { plot: Plot }): JSX.Element {
  const { first, last, left, width, x } = plot;
  return (
    <>
      {[0, 0.5, 1].map((share) => (
        <g key={share} class="grid">
          <path d={`M${left} ${yOf(share)}H${left + width}`} />
          <text x={left - 11} y={yOf(share)} dy="0.36em" class="end">
            {share === 1 ? "100 %" : share * 100}
          </text>
        </g>
      ))}
      <Thresholds {...plot} />
      <Lines
        curves={others.value.map((curve) => within(curve, first, last))}
        isTrain={!compared.value && other.value?.split === "train"}
        isCompared={compared.value !== null}
        x={x}
      />
      <Lines
        curves={curves.value}
        isTrain={
          !compared.value && split.value === "train" && others.value.length > 0
        }
        x={x}
      />
      <CurveEnds left={left + width} />
    </>
  );
}

/** Training curves are paler, whichever of the two splits is on screen. */
function Lines(props: {
  curves: Curve[];
  isTrain: boolean;
  isCompared?: boolean;
  x: Plot["x"];
}): JSX.Element {
  const { curves, isTrain, isCompared, x } = props;
  return (
    <g
      class={isTrain ? "lines train" : isCompared ? "lines compared" : "lines"}
    >
      {curves.map((curve) => {
        const area = bandOf(curve.points, x, yOf);
        return (
          area && (
            <path
              key={`${curve.name} band`}
              class={`band ${curve.kind}`}
              d={area}
            />
          )
        );
      })}
      {curves.map((curve) => (
        <path
          key={curve.name}
          class={`curve ${curve.isChosen ? "here" : curve.kind}`}
          style={{ opacity: curve.isChosen ? 1 : 1 - 0.6 * curve.fineness }}
          d={pathOf(curve.points, x, yOf)}
        />
      ))}
    </g>
  );
}

function Cursor({ x }: Pick<Plot, "x">): JSX.Element {
  const now = x(view.step.value);
  return (
    <g class="cursor">
      <path d={`M${now} ${TOP - 14}V${BOTTOM + 2}`} />
      <circle cx={now} cy={BOTTOM + 2} r={3.5} />
    </g>
  );
}

function Slider({ first, last, left, width }: Plot): JSX.Element {
  const jump = (event: PointerEvent & { currentTarget: Element }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - SLACK) / width;
    const wanted = first + share * (last - first);
    const nearest = view.epochs.value.reduce((best, each) =>
      Math.abs(each.step - wanted) < Math.abs(best.step - wanted) ? each : best,
    );
    view.moveToStep(nearest.step);
  };
  const now = view.step.value;
  return (
    <div
      class="slider"
      role="slider"
      tabIndex={0}
      data-testid="slider"
      aria-label="epoch"
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={now}
      aria-valuetext={`epoch ${now} of ${last}`}
      style={px({ left: left - SLACK, width: width + 2 * SLACK })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        view.playing.value = false;
        jump(event);
      }}
      onKeyDown={({ key }) => {
        if (key === "PageUp" || key === "PageDown") {
          view.stepBy(key === "PageUp" ? 10 : -10);
        }
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) jump(event);
      }}
    />
  );
}

function Steps(props: { plot: Plot; reached: Reached[] }): JSX.Element {
  const { first, last, width, x } = props.plot;
  const marked = new Map<number, boolean>();
  for (const { from, isChosen } of props.reached) {
    if (from !== null) marked.set(from, isChosen || marked.get(from) === true);
  }
  const isFree = (step: number): boolean =>
    [...marked.keys()].every((other) => Math.abs(x(other) - x(step)) > 18);
  const round = stepTicks(first, last, Math.max(width / 110, 2));
  return (
    <g class="grid">
      {round.filter(isFree).map((step) => (
        <text key={step} x={x(step)} y={BOTTOM + 13} class="centre">
          {step}
        </text>
      ))}
      {apart([...marked.keys()], x).map((step) => (
        <text
          key={step}
          x={x(step)}
          y={BOTTOM + 13}
          class={marked.get(step) ? "centre mark chosen" : "centre mark"}
        >
          {step}
        </text>
      ))}
    </g>
  );
}

/** Those of the steps whose numbers do not touch. */
function apart(steps: number[], x: (step: number) => number): number[] {
  const kept: number[] = [];
  for (const step of steps.sort((a, b) => a - b)) {
    const last = kept.at(-1);
    if (last === undefined || x(step) - x(last) > 16) kept.push(step);
  }
  return kept;
}

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

function CurveEnds({ left }: { left: number }): JSX.Element {
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
