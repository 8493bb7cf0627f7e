/** The legend is a histogram of what the matrix shows, and filters it. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import {
  type Bin,
  histogram,
  ROUNDING,
  shadeAt,
  VALUES,
} from "../confusion/cellValues.ts";
import { EVERYTHING, type Range } from "../confusion/filters.ts";
import type { Groups } from "../hierarchy/groups.ts";
import {
  cellValue,
  headroom,
  isZoomed,
  layout,
  picture,
  placedCut,
  scale,
  settledWindow,
  shownCells,
  showsMinimap,
} from "../state/all.ts";
import { range } from "../state/filters.ts";
import {
  cornerOf,
  minimapSide,
  px,
  ROOMY_LEFT,
  TOP,
} from "../state/pageLayout.ts";
import { legend } from "../ui/drawing.ts";
import { plural, whole } from "../ui/format.ts";
import { measureAt } from "../ui/textFitting.ts";

/** Bins from `low` up to, not including, `high`. */
interface Pins {
  low: number;
  high: number;
}

export function pinsOf(bins: readonly Bin[], { from, below }: Range): Pins {
  const at = (value: number): number => {
    const index = bins.findIndex((bin) => bin.from * (1 + ROUNDING) >= value);
    return index < 0 ? bins.length : index;
  };
  const low = from <= 0 ? 0 : Math.min(at(from), bins.length - 1);
  return { low, high: Math.max(at(below), low + 1) };
}

/** The outermost bins hold whatever lies beyond them. */
export function rangeOf(bins: readonly Bin[], { low, high }: Pins): Range {
  return {
    from: low <= 0 ? EVERYTHING.from : bins[low]!.from,
    below: high >= bins.length ? EVERYTHING.below : bins[high]!.from,
  };
}

/** Moves one range handle; the other stays, and at least one bin is between them. */
export function movePin(
  pins: Pins,
  which: keyof Pins,
  to: number,
  count: number,
): Pins {
  return which === "low"
    ? { ...pins, low: Math.min(Math.max(to, 0), pins.high - 1) }
    : { ...pins, high: Math.max(Math.min(to, count), pins.low + 1) };
}

/** From one bin to another, whichever comes first. */
export function brush(from: number, to: number, count: number): Pins {
  const within = (bin: number): number => Math.min(Math.max(bin, 0), count - 1);
  const [a, b] = [within(from), within(to)];
  return { low: Math.min(a, b), high: Math.max(a, b) + 1 };
}

const measure = measureAt(11);

/** Of the cells in the window, once it has come to rest. */
const bins = computed<Bin[] | null>(() => {
  const [groups, wanted] = [placedCut.value, picture.value?.wanted];
  if (!scale.value || !wanted || !groups) return null;
  const { x, y, span } = settledWindow.value;
  const seen = ({ nodes, edge }: Groups, from: number): Int32Array =>
    nodes.map((_, group) =>
      edge[group + 1]! > from && edge[group]! < from + span ? 1 : 0,
    );
  return histogram(
    scale.value,
    wanted,
    isZoomed.value
      ? { rows: seen(groups, y), columns: seen(groups.columns, x) }
      : undefined,
  );
});

/** The title stands above the highest bar. */
const BARS_TOP = 9;
const BARS = BARS_TOP + legend.bars;
const SWATCHES = legend.swatches;
/** Room left and right for the range handles. */
const MARGIN = 8;
/** How near to a range handle a press takes hold of it. */
const NEAR = 7;

export function Legend(): JSX.Element | null {
  const current = scale.value;
  if (!current || !bins.value) return null;
  const { matrix, compact, map } = layout.value;
  const beside = showsMinimap.value ? minimapSide(compact) + 14 : 0;
  const small = matrix.x < ROOMY_LEFT;
  const left = cornerOf(layout.value) + (beside || (small ? 2 : 62));
  const top = TOP + 4 + Math.min(headroom.value, 40) - BARS_TOP;
  const width = small ? 92 : legend.width;
  const wide = width / bins.value.length;
  const most = Math.max(...bins.value.map((bin) => bin.cells), 1);
  const pins = pinsOf(bins.value, range.value);
  const isIn = (i: number): boolean => i >= pins.low && i < pins.high;
  const heading = titleOf(pins);
  let free = Number.NEGATIVE_INFINITY;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no fieldset
    <svg
      class="legend"
      data-testid="legend"
      role="group"
      aria-label={`Colours: ${heading}`}
      style={px({ left: left - MARGIN, top: top - map.y })}
      width={width + 2 * MARGIN + 12}
      height={46 + BARS_TOP}
    >
      <g transform={`translate(${MARGIN} 0)`}>
        {bins.value.map(({ from, cells: count }, i) => {
          const high =
            ((BARS - BARS_TOP) * Math.log(count + 1)) / Math.log(most + 1);
          const [r, g, b] = current.shades[shadeAt(current, from)]!;
          const text = labelOf(from);
          const middle = (i + 0.5) * wide;
          const half = measure(text) / 2;
          // Rounded, two bins may have the same beginning.
          const isNew = i === 0 || text !== labelOf(bins.value![i - 1]!.from);
          const fits = isNew && middle - half > free;
          if (fits) free = middle + half + legend.betweenLabels;
          return (
            <g key={from} class={isIn(i) ? "" : "out"}>
              <title>{`${text}: ${plural(count, "cell", "cells")}`}</title>
              <rect
                class="bar"
                x={i * wide + 0.5}
                y={BARS - high}
                width={wide - 1}
                height={high}
              />
              <rect
                fill={`rgb(${r} ${g} ${b})`}
                x={i * wide + 0.5}
                y={BARS + legend.gap}
                width={wide - 1}
                height={SWATCHES}
              />
              {fits && (
                <text x={middle} y={BARS + SWATCHES + 14}>
                  {text}
                </text>
              )}
            </g>
          );
        })}
        {width > 120 && (
          <text class="title" x={width} y={8}>
            {heading}
          </text>
        )}
        <Brush bins={bins.value} pins={pins} wide={wide} />
      </g>
    </svg>
  );
}

function titleOf({ low, high }: Pins): string {
  const all = bins.value!;
  const count = (some: Bin[]): number =>
    some.reduce((sum, bin) => sum + bin.cells, 0);
  const [total, shown] = [count(all), count(all.slice(low, high))];
  const noun = shownCells.value === "errors" ? "errors" : "samples";
  const { choice, unit } = VALUES[cellValue.value];
  const what =
    unit === "×" ? choice : noun + (unit ? `, ${choice}` : " per cell");
  if (shown === total) return what;
  return `${what}, ${whole(shown)} of ${plural(total, "cell", "cells")}`;
}

function labelOf(from: number): string {
  const { write, unit } = VALUES[cellValue.value];
  return write(from) + unit;
}

/** Takes hold of the range handles, or draws a new span over the bars. */
function Brush(props: {
  bins: readonly Bin[];
  pins: Pins;
  wide: number;
}): JSX.Element {
  const { bins: all, pins, wide } = props;
  const drag = useRef<((at: number) => Pins) | null>(null);
  const set = (next: Pins): void => {
    range.value = rangeOf(all, next);
  };
  const placeOf = (event: PointerEvent & { currentTarget: Element }): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN;
  const onPointerDown = (
    event: PointerEvent & { currentTarget: Element },
  ): void => {
    event.stopPropagation();
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    const off = { low: at - pins.low * wide, high: at - pins.high * wide };
    const near = Math.abs(off.low) < Math.abs(off.high) ? "low" : "high";
    const first = Math.floor(at / wide);
    drag.current =
      Math.abs(off[near]) <= NEAR
        ? (x) => movePin(pins, near, Math.round(x / wide), all.length)
        : (x) => brush(first, Math.floor(x / wide), all.length);
  };
  const onPointerMove = (
    event: PointerEvent & { currentTarget: Element },
  ): void => {
    event.stopPropagation();
    if (drag.current) set(drag.current(placeOf(event)));
  };
  const onPointerUp = (
    event: PointerEvent & { currentTarget: Element },
  ): void => {
    onPointerMove(event);
    drag.current = null;
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the pins have keys */}
      <rect
        class="brush"
        data-testid="legend-brush"
        x={-MARGIN}
        y={0}
        width={all.length * wide + 2 * MARGIN}
        height={BARS + SWATCHES + 4}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          drag.current = null;
        }}
        onDblClick={(event) => {
          event.stopPropagation();
          range.value = EVERYTHING;
        }}
      />
      {(["low", "high"] as const).map((which) => (
        <Pin
          key={which}
          which={which}
          pins={pins}
          wide={wide}
          count={all.length}
          text={labelAt(all, pins, which)}
          onMove={(to) => set(movePin(pins, which, to, all.length))}
        />
      ))}
    </>
  );
}

function labelAt(
  all: readonly Bin[],
  { low, high }: Pins,
  which: keyof Pins,
): string {
  if (which === "low") return low <= 0 ? "all" : labelOf(all[low]!.from);
  return high >= all.length ? "all" : `below ${labelOf(all[high]!.from)}`;
}

function Pin(props: {
  which: keyof Pins;
  pins: Pins;
  wide: number;
  count: number;
  text: string;
  onMove: (to: number) => void;
}): JSX.Element {
  const { which, pins, wide, count, text, onMove } = props;
  const at = pins[which];
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    Home: 0,
    End: count,
  };
  const isLow = which === "low";
  return (
    <g
      class="pin"
      data-testid={isLow ? "legend-least" : "legend-most"}
      role="slider"
      tabindex={0}
      aria-label={isLow ? "Least value shown" : "Largest value shown"}
      aria-valuemin={isLow ? 0 : 1}
      aria-valuemax={isLow ? count - 1 : count}
      aria-valuenow={at}
      aria-valuetext={text}
      transform={`translate(${at * wide} 0)`}
      onKeyDown={(event) => {
        const to = steps[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onMove(to);
      }}
    >
      <path d={`M0 ${BARS - 5}V${BARS + SWATCHES + 4}`} />
      <circle cy={BARS - 5} r={2.5} />
    </g>
  );
}
