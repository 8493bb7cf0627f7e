/** How well the class means of a layer fit the tree, epoch by epoch. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import type { LayersRecord } from "../../server/layersAnswer.ts";
import { plainWithin } from "../data/inWords.ts";
import { answered } from "../data/loadLayers.ts";

/** Above and below the curves, and right of them for the last number. */
const [TOP, BOTTOM, END] = [8, 16, 32];
const LEFT = 5;

/** From where to where all columns go. */
export const range = computed(() => {
  const { record, epochs } = answered.value?.found ?? { epochs: [] };
  const values = [0, record?.band ?? 0, -(record?.band ?? 0)];
  for (const point of epochs) {
    if (point.control != null) values.push(point.control);
    point.alignment?.forEach((value, at) => {
      if (value != null) values.push(value + (point.alignment_se?.[at] ?? 0));
    });
  }
  const high = Math.ceil(10 * Math.max(...values)) / 10;
  return { low: Math.min(...values) - 0.02, high: Math.max(high, 0.1) };
});

export function ticks(): number[] {
  const { high } = range.value;
  return [0, high / 2, high];
}

export function yOf(value: number, height: number): number {
  const { low, high } = range.value;
  const room = height - TOP - BOTTOM;
  return TOP + (room * (high - value)) / (high - low);
}

interface Props {
  of: LayersRecord;
  at: number;
  width: number;
  height: number;
}

export function AlignmentPlot({ of, at, width, height }: Props): JSX.Element {
  const { step, epochs } = answered.value!.found;
  const steps = epochs.map((each) => each.step);
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const right = width - END;
  const x = (of: number): number =>
    last > first
      ? LEFT + ((right - LEFT) * (of - first)) / (last - first)
      : LEFT;
  const y = (value: number): number => yOf(value, height);
  const line = (values: (number | null | undefined)[]): string =>
    values.reduce<string>((path, value, k) => {
      if (value == null) return path;
      const isNew = k === 0 || values[k - 1] == null;
      return `${path}${isNew ? "M" : "L"}${x(steps[k]!).toFixed(1)} ${y(value).toFixed(1)}`;
    }, "");
  const [now, se] = [of.alignment[at], of.alignment_se[at] ?? 0];
  const control = epochs.map((each) => each.control);
  const best = control[steps.indexOf(step)];
  const band = of.band ?? 0;
  return (
    <svg
      class="alignment"
      data-testid="layer-alignment"
      width={width}
      height={height}
      role="img"
      aria-label={`Tree alignment ${plainWithin(now, of.alignment_se[at])}, best untrained layer ${plainWithin(best, null)}`}
    >
      <rect
        class="band"
        x={0}
        y={y(band)}
        width={right}
        height={y(-band) - y(band)}
      />
      {ticks().map((tick) => (
        <path key={tick} class="grid" d={`M0 ${y(tick)}H${right}`} />
      ))}
      {epochs.length > 1 ? (
        <path class="control" d={line(control)} />
      ) : (
        best != null && <path class="control" d={`M0 ${y(best)}H${right}`} />
      )}
      <path
        class="curve"
        d={line(epochs.map(({ alignment }) => alignment?.[at]))}
      />
      {now != null && (
        <>
          <path class="se" d={`M${x(step)} ${y(now - se)}V${y(now + se)}`} />
          <circle cx={x(step)} cy={y(now)} r={2.5} />
          <text x={x(step) + 6} y={y(now)} dy="0.36em">
            {plainWithin(now, null)}
          </text>
        </>
      )}
      {epochs.length > 1 && (
        <>
          <text class="axis" x={0} y={height - 2}>
            {first}
          </text>
          <text class="axis end" x={right} y={height - 2}>
            {last}
          </text>
        </>
      )}
    </svg>
  );
}

/** The numbers of the axis, left of the first column. */
export function AlignmentAxis(props: {
  width: number;
  height: number;
}): JSX.Element {
  const { width, height } = props;
  return (
    <svg class="alignment" width={width} height={height} aria-hidden="true">
      {ticks().map((tick) => (
        <text
          key={tick}
          class="axis end"
          x={width}
          y={yOf(tick, height)}
          dy="0.36em"
        >
          {plainWithin(tick, null)}
        </text>
      ))}
    </svg>
  );
}
