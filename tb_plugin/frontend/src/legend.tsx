/** The legend is a histogram of what the matrix shows. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { whole } from "./format.ts";
import { measureAt } from "./labels.ts";
import { px } from "./layout.ts";
import { locatorSide } from "./locator.tsx";
import { histogram, shadeAt } from "./scale.ts";
import {
  cells,
  cut,
  headroom,
  layout,
  scale,
  settledWindow,
  show,
  value,
} from "./view.ts";

const measure = measureAt(11);

/** Of the cells in the window, once it has come to rest. */
const bins = computed(() => {
  const groups = cut.value;
  if (!scale.value || !cells.value || !groups) return null;
  const { x, y, span } = settledWindow.value;
  const isIn = (group: number, from: number): boolean =>
    groups.edge[group + 1]! > from && groups.edge[group]! < from + span;
  return histogram(
    scale.value,
    cells.value,
    (row, column) => isIn(row, y) && isIn(column, x),
  );
});

const BARS = 24;
const SWATCHES = 7;

export function Legend(): JSX.Element | null {
  const current = scale.value;
  if (!current || !bins.value) return null;
  const { columns, gutter, compact, map } = layout.value;
  const beside = headroom.value > 0 ? locatorSide(compact) + 14 : 0;
  const small = compact && !gutter;
  const left = columns[0] + (beside || (small ? 2 : 62));
  const top = headroom.value > 0 ? 88 : 48;
  const width = small ? 92 : 180;
  const wide = width / bins.value.length;
  const most = Math.max(...bins.value.map((bin) => bin.cells), 1);
  const total = bins.value.reduce((sum, bin) => sum + bin.cells, 0);
  const what = show.value === "errors" ? "errors per cell" : "per cell";
  const title =
    value.value === "count"
      ? `${show.value === "errors" ? "errors" : "samples"} per cell`
      : `${what}, % of row`;
  let free = Number.NEGATIVE_INFINITY;
  return (
    <svg
      class="legend"
      data-testid="legend"
      role="img"
      aria-label={`Colours: ${title}, ${whole(total)} cells`}
      style={px({ left: left - 4, top: top - map.y })}
      width={width + 24}
      height={46}
    >
      <g transform="translate(4 0)">
        {bins.value.map(({ from, cells: count }, i) => {
          const high = (BARS * Math.log(count + 1)) / Math.log(most + 1);
          const [r, g, b] = current.shades[shadeAt(current, from)]!;
          const text = labelOf(from);
          const middle = (i + 0.5) * wide;
          const half = measure(text) / 2;
          const fits = middle - half > free;
          if (fits) free = middle + half + 5;
          return (
            <g key={from}>
              <title>{`${text}: ${whole(count)} cells`}</title>
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
                y={BARS + 2}
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
          <text class="title" x={width} y={11}>
            {`${title}, ${whole(total)} cells`}
          </text>
        )}
      </g>
    </svg>
  );
}

function labelOf(from: number): string {
  if (value.value === "count") return whole(from);
  return `${Number((100 * from).toPrecision(1))}%`;
}
