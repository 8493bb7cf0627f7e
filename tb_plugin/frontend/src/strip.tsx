/** The strip: curves over epochs whose cursor is the epoch slider. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { type Curve, curvesOf, staysFrom, stepTicks } from "./curves.ts";
import { percent } from "./format.ts";
import { fit, measureAt, spread } from "./labels.ts";
import { px } from "./layout.ts";
import { togglePlay } from "./play.ts";
import * as view from "./view.ts";

const small = measureAt(11);
const THRESHOLD = 0.9;
const SPEEDS = [1, 2, 4, 8];

const curves = computed(() => {
  const tree = view.tree.value;
  const node = view.selectedGroup.value;
  if (!tree) return [];
  const chosen = node ? { node, name: tree.names[node]! } : null;
  return curvesOf(
    view.curves.value,
    tree.levels,
    view.curveNodes.value,
    chosen,
  );
});

export function Strip(): JSX.Element {
  const { strip, panel } = view.layout.value;
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

function Transport(): JSX.Element {
  const isPlaying = view.playing.value;
  const speed = view.speed.value;
  const { epochs, step } = view;
  const last = epochs.value.at(-1)?.step ?? 0;
  return (
    <div class="transport">
      <button
        type="button"
        class="play"
        data-testid="play"
        aria-label={isPlaying ? "Pause" : "Play"}
        aria-pressed={isPlaying}
        onClick={togglePlay}
      >
        <svg viewBox="0 0 28 28" aria-hidden="true">
          <path
            d={isPlaying ? "M10 8h3v12h-3zM15 8h3v12h-3z" : "M11 8l9 6-9 6z"}
          />
        </svg>
      </button>
      <div>
        <p class="epoch" data-testid="epoch">
          Epoch {step.value} of {last}
        </p>
        <p class="label">
          <label class="choice speed">
            speed <span aria-hidden="true">{speed}×</span>
            <select
              aria-label="speed"
              value={speed}
              onChange={({ currentTarget }) => {
                view.speed.value = Number(currentTarget.value);
              }}
            >
              {SPEEDS.map((each) => (
                <option key={each} value={each}>
                  {each}×
                </option>
              ))}
            </select>
          </label>
          {"  ·  ← →  ·  Home End"}
        </p>
      </div>
    </div>
  );
}

const TOP = 20;
const BOTTOM = 84;

function Track(): JSX.Element | null {
  const { strip, panel, compact } = view.layout.value;
  const epochs = view.epochs.value;
  const first = epochs[0]?.step;
  const last = epochs.at(-1)?.step;
  if (first === undefined || last === undefined) return null;
  const left = compact ? 218 : 276;
  const width = panel.x - left - 140;
  const x = (step: number): number =>
    left + (width * (step - first)) / Math.max(last - first, 1);
  const y = (share: number): number => BOTTOM - (BOTTOM - TOP) * share;

  const jump = (event: PointerEvent & { currentTarget: Element }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - (left - 10)) / width;
    const wanted = first + share * (last - first);
    const nearest = epochs.reduce((best, each) =>
      Math.abs(each.step - wanted) < Math.abs(best.step - wanted) ? each : best,
    );
    view.goToStep(nearest.step);
  };
  const now = x(view.step.value);
  const shown = epochs.find(({ step }) => step === view.step.value);
  return (
    <svg
      class="track"
      role="slider"
      tabIndex={0}
      data-testid="slider"
      aria-label="epoch"
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={view.step.value}
      aria-valuetext={`epoch ${view.step.value} of ${last}`}
      style={px({ left: 10 })}
      viewBox={`10 0 ${panel.x - 10} ${strip.height}`}
      width={panel.x - 10}
      height={strip.height}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        if (event.clientX - box.left < left - 20) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        view.playing.value = false;
        jump(event);
      }}
      onPointerMove={(event) => {
        if (
          event.buttons === 1 &&
          event.currentTarget.hasPointerCapture(event.pointerId)
        ) {
          jump(event);
        }
      }}
    >
      <rect
        class="hit"
        x={left - 8}
        y={8}
        width={width + 16}
        height={strip.height - 10}
      />
      {[0, 0.5, 1].map((share) => (
        <g key={share} class="grid">
          <path d={`M${left} ${y(share)}H${left + width}`} />
          <text x={left - 6} y={y(share)} dy="0.36em" class="end">
            {share === 1 ? "100 %" : share * 100}
          </text>
        </g>
      ))}
      <Steps {...{ first, last, x, width }} />
      <Thresholds {...{ x, left, width }} />
      {curves.value.map((curve) => (
        <path
          key={curve.name}
          class={`curve ${curve.kind}`}
          style={{
            opacity: curve.kind === "level" ? 1 - 0.6 * curve.fineness : 1,
          }}
          d={pathOf(curve, x, y)}
        />
      ))}
      {epochs
        .filter((info) => !view.usable(info))
        .map(({ step }) => (
          <text key={step} class="bad" x={x(step)} y={BOTTOM - 4}>
            ×
          </text>
        ))}
      <g class="cursor">
        <path d={`M${now} ${TOP - 14}V${BOTTOM + 2}`} />
        <circle cx={now} cy={BOTTOM + 2} r={3.5} />
        {shown && !view.usable(shown) && <title>{shown.error}</title>}
      </g>
      <Ends {...{ left: left + width, y }} />
    </svg>
  );
}

function pathOf(
  { points }: Curve,
  x: (step: number) => number,
  y: (share: number) => number,
): string {
  return points
    .map(({ step, share }, i) => `${i ? "L" : "M"}${x(step)} ${y(share)}`)
    .join("");
}

function Steps(props: {
  first: number;
  last: number;
  width: number;
  x: (step: number) => number;
}): JSX.Element {
  const { first, last, width, x } = props;
  return (
    <g class="grid">
      {stepTicks(first, last, Math.max(width / 110, 2)).map((step) => (
        <text key={step} x={x(step)} y={BOTTOM + 13} class="centre">
          {step}
        </text>
      ))}
    </g>
  );
}

interface Reached {
  name: string;
  from: number | null;
  now: number;
  isChosen: boolean;
}

/** When the recall of the coarse groups and the selection gets there. */
function reached(): Reached[] {
  const tree = view.tree.value;
  if (!tree) return [];
  const chosen = view.selectedGroup.value;
  return view.curveNodes.value.flatMap((node, index) => {
    const points = view.curves.value.flatMap(({ step, nodes }) => {
      const share = nodes?.[index]?.recall;
      return typeof share === "number" ? [{ step, share }] : [];
    });
    const now = points.at(-1)?.share;
    if (now === undefined) return [];
    const from = staysFrom(points, THRESHOLD);
    const name = tree.names[node]!;
    return [{ name, from, now, isChosen: node === chosen }];
  });
}

function Thresholds(props: {
  x: (step: number) => number;
  left: number;
  width: number;
}): JSX.Element | null {
  const groups = reached();
  if (!groups.length) return null;
  const { x, left, width } = props;
  const steps = new Map<number, Reached[]>();
  for (const group of groups) {
    if (group.from === null) continue;
    steps.set(group.from, [...(steps.get(group.from) ?? []), group]);
  }
  const byStep = [...steps].sort(([a], [b]) => a - b);
  const never = groups.filter(({ from }) => from === null);
  const start = `recall ≥ ${100 * THRESHOLD} % from epoch`;
  const textLeft = Math.max(left - 132, 150);
  const texts: {
    key: string;
    strong: string;
    text: string;
    chosen: boolean;
  }[] = byStep.flatMap(([step, at]) =>
    [true, false].flatMap((chosen) => {
      const names = at.filter(({ isChosen }) => isChosen === chosen);
      return names.length
        ? [
            {
              ...{ key: `${step} ${chosen}`, strong: String(step), chosen },
              text: names.map(({ name }) => name).join(", "),
            },
          ]
        : [];
    }),
  );
  if (never.length) {
    texts.push({
      ...{ key: "never", strong: "not yet", chosen: false },
      text: never
        .map(({ name, now }) => `${name} ${percent(now, 0)}`)
        .join(", "),
    });
  }
  let at = textLeft + small(start) + 8;
  const end = left + width - 8;
  return (
    <g class="thresholds">
      <text x={textLeft} y={13}>
        {start}
      </text>
      {texts.map(({ key, strong, text, chosen }) => {
        const from = at;
        const room = end - from - small(strong) - 8;
        const shown = room > 30 ? fit(text, room, small) : "";
        at += small(strong) + small(shown) + 24;
        return (
          shown && (
            <text key={key} class={chosen ? "chosen" : ""} x={from} y={13}>
              <tspan class="strong">{strong}</tspan>
              {`  ${shown}`}
            </text>
          )
        );
      })}
      {byStep.map(([step, names]) => (
        <path
          key={step}
          class={names.some(({ isChosen }) => isChosen) ? "chosen" : ""}
          d={`M${x(step)} ${TOP}V${BOTTOM}`}
        />
      ))}
    </g>
  );
}

/** Values and names at the ends of the lines, kept apart. */
function Ends(props: {
  left: number;
  y: (share: number) => number;
}): JSX.Element {
  const { left, y } = props;
  const lines = curves.value
    .flatMap((curve) => {
      const last = curve.points.at(-1);
      return last ? [{ curve, share: last.share, wanted: y(last.share) }] : [];
    })
    .sort((a, b) => a.wanted - b.wanted);
  const at = spread(
    lines.map(({ wanted }) => wanted),
    { pitch: 12, low: 12, high: 96 },
  );
  return (
    <g class="ends">
      {lines.map(({ curve, share, wanted }, i) => (
        <g key={curve.name} class={curve.kind === "level" ? "" : "chosen"}>
          <path d={`M${left + 3} ${wanted}L${left + 12} ${at[i]}`} />
          <text x={left + 40} y={at[i]} dy="0.36em" class="end">
            {(100 * share).toFixed(1)}
          </text>
          <text x={left + 44} y={at[i]} dy="0.36em">
            {fit(curve.name, 94, small)}
          </text>
        </g>
      ))}
    </g>
  );
}
