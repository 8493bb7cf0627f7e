/** From the value of a cell to its colour. */

import type { Cells, Cut, Sums } from "./counts.ts";
import { type Palette, type Rgb, rampAt } from "./theme.ts";
import type { Value } from "./view.ts";

const SHADES = 256;

/**
 * A logarithmic scale that stays the same over the epochs.
 *
 * The darkest colour stands for four fifths of the samples of the largest row,
 * since samples per class do not change while errors do.
 */
export interface Scale {
  value: Value;
  low: number;
  high: number;
  /** Natural logarithm of the samples of every row, 0 for counts. */
  rowLog: Float64Array;
  /** Colours as 0xAABBGGRR, and as triples. */
  packed: Uint32Array;
  shades: Rgb[];
}

export function makeScale(
  value: Value,
  sums: Sums,
  cut: Cut,
  { counts }: Pick<Palette, "counts">,
): Scale {
  const samples = Float64Array.from(cut.nodes, (node) => sums.actual[node]!);
  const usual = median(samples.filter((row) => row > 0));
  const isShare = value === "share";
  const shades = Array.from({ length: SHADES }, (_, i) =>
    rampAt(counts, i / (SHADES - 1)),
  );
  return {
    value,
    low: isShare ? Math.min(1 / usual, 0.02) : 1,
    high: isShare ? 0.8 : Math.max(0.8 * Math.max(...samples), 4),
    rowLog: samples.map((row) => (isShare && row > 0 ? Math.log(row) : 0)),
    packed: Uint32Array.from(
      shades,
      ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0,
    ),
    shades,
  };
}

function median(values: Float64Array): number {
  if (!values.length) return 1;
  return Float64Array.from(values).sort()[values.length >> 1]!;
}

/** The index of the shade of a count in a row. */
export function shadeOf(scale: Scale, count: number, row: number): number {
  return shadeAt(scale, Math.exp(Math.log(count) - scale.rowLog[row]!));
}

export function shadeAt({ low, high }: Scale, value: number): number {
  const t = Math.log(value / low) / Math.log(high / low);
  return Math.round(Math.min(Math.max(t, 0), 1) * (SHADES - 1));
}

/** A bar of the legend: values from `from` up to the next bar's. */
export interface Bin {
  from: number;
  cells: number;
}

const MOST_BINS = 17;

/**
 * Counts cells in bins that widen geometrically, whole numbers for counts.
 *
 * @param isShown which cells to count
 */
export function histogram(
  scale: Scale,
  cells: Cells,
  isShown: (row: number, column: number) => boolean = () => true,
): Bin[] {
  const edges = binEdges(scale);
  const bins = edges.map((from) => ({ from, cells: 0 }));
  const add = (count: number, row: number): void => {
    const value = Math.exp(Math.log(count) - scale.rowLog[row]!) * (1 + 1e-9);
    let low = 0;
    let high = edges.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle]! <= value) low = middle;
      else high = middle - 1;
    }
    bins[low]!.cells++;
  };
  for (let k = 0; k < cells.count.length; k++) {
    const row = cells.row[k]!;
    if (isShown(row, cells.column[k]!)) add(cells.count[k]!, row);
  }
  cells.diagonal.forEach((count, row) => {
    if (count > 0 && isShown(row, row)) add(count, row);
  });
  return bins;
}

function binEdges({ value, low, high }: Scale): number[] {
  for (let growth = 1.15; ; growth += 0.05) {
    const edges = [low];
    for (;;) {
      const last = edges[edges.length - 1]!;
      const next =
        value === "count"
          ? Math.max(last + 1, Math.round(last * growth))
          : last * growth;
      if (next > high) break;
      edges.push(next);
    }
    if (edges.length <= MOST_BINS) return edges;
  }
}
