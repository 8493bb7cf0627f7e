/** From the value of a cell to its colour. */

import type { Cut, Groups } from "../hierarchy/groups.ts";
import { type Palette, type Rgb, rampAt } from "../ui/colours.ts";
import { bins, countScale, shades as SHADES } from "../ui/drawing.ts";
import { inPercent, whole } from "../ui/format.ts";
import { type Cells, cellsBelow, reachOf, type Sums } from "./cells.ts";

export type Value = "count" | "share" | "column" | "excess";
export type ColourTransfer = "log" | "sqrt" | "linear";

/** What the kinds of values take from the matrix that is drawn. */
interface Totals {
  /** Samples of the largest row that is not folded by hand. */
  most: number;
  /** The largest count that the colours must tell from those below. */
  reach: number;
  /** A factor of one for each row or column. */
  ones: Float64Array;
  /** Samples of each row, answers of each column. */
  samples: Float64Array;
  predicted: Float64Array;
  /** The same without right answers where those are hidden. */
  rows: Float64Array;
  columns: Float64Array;
}

type Factors = Pick<Scale, "low" | "high" | "rowFactor" | "columnFactor">;

/** A way to value cells: all that the page says and computes of it. */
interface ValueKind {
  /** In the top bar. */
  choice: string;
  /** In the caption, unless it is usual. */
  caption?: string;
  /** A value without its unit, and the unit. */
  write: (value: number) => string;
  unit: string;
  factors: (totals: Totals) => Factors;
}

const writeShare = (value: number): string =>
  value < 0.01 ? String(short(100 * value, 1)) : inPercent(value, 0);

const shareLimits = ({ samples }: Totals): { low: number; high: number } => ({
  low: Math.min(1 / median(samples.filter((total) => total > 0)), 0.02),
  high: 0.8,
});

/** Halved while all still fits, so that few epochs have colours of their own. */
function topOf(most: number, reach: number): number {
  const least = countScale.leastHigh;
  let top = Math.max(countScale.shareOfLargestRow * most, least);
  while (top / 2 >= Math.max(reach, least)) top /= 2;
  return top;
}

/** A row for each value; the first is what is usual. */
export const VALUES: Record<Value, ValueKind> = {
  count: {
    choice: "count",
    write: whole,
    unit: "",
    factors: ({ most, reach, ones }) => ({
      low: 1,
      high: topOf(most, reach),
      rowFactor: ones,
      columnFactor: ones,
    }),
  },
  share: {
    choice: "% of row",
    caption: "% of each row",
    write: writeShare,
    unit: "%",
    factors: (totals) => ({
      ...shareLimits(totals),
      rowFactor: totals.samples.map(inverse),
      columnFactor: totals.ones,
    }),
  },
  column: {
    choice: "% of column",
    caption: "% of each column",
    write: writeShare,
    unit: "%",
    factors: (totals) => ({
      ...shareLimits(totals),
      rowFactor: totals.ones,
      columnFactor: totals.predicted.map(inverse),
    }),
  },
  excess: {
    choice: "× expected",
    caption: "times expected by chance",
    write: (value) => (value < 9.95 ? String(short(value, 2)) : whole(value)),
    unit: "×",
    factors: ({ rows, columns }) => {
      const total = rows.reduce((sum, row) => sum + row, 0);
      return {
        // A group that is always taken for one other reaches the number of
        // groups, where all make as many errors.
        low: 1,
        high: Math.max(columns.length, 4),
        rowFactor: rows.map((row) => total * inverse(row)),
        columnFactor: columns.map(inverse),
      };
    },
  },
};

interface Curve {
  choice: string;
  caption?: string;
  /** How far up the ramp a value lies, before it is cut to [0, 1]. */
  portion: (limits: { low: number; high: number }) => (value: number) => number;
}

/** A row for each curve; the first is what is usual. */
export const CURVES: Record<ColourTransfer, Curve> = {
  log: {
    choice: "log",
    portion: ({ low, high }) => {
      const [start, length] = [Math.log(low), Math.log(high / low)];
      return (value) => (Math.log(value) - start) / length;
    },
  },
  sqrt: {
    choice: "root",
    caption: "square-root colours",
    portion:
      ({ high }) =>
      (value) =>
        Math.sqrt(value / high),
  },
  linear: {
    choice: "linear",
    caption: "linear colours",
    portion:
      ({ high }) =>
      (value) =>
        value / high,
  },
};

/**
 * A scale whose darkest shade is near the largest cells.
 *
 * Groups that are folded by hand do not count, nor one or two cells that are
 * far larger than all: these would make all others pale.
 */
export interface Scale {
  value: Value;
  curve: ColourTransfer;
  /** The values of the palest logarithmic and of the darkest shade. */
  low: number;
  high: number;
  /** A cell's value is its count times both of these. */
  rowFactor: Float64Array;
  columnFactor: Float64Array;
  /** Colours as 0xAABBGGRR, and as triples. */
  packed: Uint32Array;
  shades: Rgb[];
}

export interface ScaleOptions {
  curve?: ColourTransfer;
  /** Whether right answers are hidden: then only errors are expected. */
  errorsOnly?: boolean;
  /** The rows that settle the darkest colour of counts; all, if not given. */
  usual?: Int32Array;
  /** What is drawn in these colours; any count may be, if not given. */
  drawn?: readonly Cells[];
}

export function makeScale(
  value: Value,
  sums: Sums,
  cut: Cut,
  { counts }: Pick<Palette, "counts">,
  options: ScaleOptions = {},
): Scale {
  const { curve = "log", errorsOnly = false, usual = cut.nodes } = options;
  const { support, predictedCount, correct } = sums;
  const of = (
    sum: Float64Array,
    { nodes }: Groups,
    leavesOutRight = false,
  ): Float64Array =>
    Float64Array.from(
      nodes,
      (node) => sum[node]! - (leavesOutRight ? correct[node]! : 0),
    );
  const samples = of(support, cut);
  const predicted = of(predictedCount, cut.columns);
  const most = usual.reduce((top, node) => Math.max(top, support[node]!), 0);
  const known = usual.length < cut.nodes.length ? new Set(usual) : null;
  const isUsual =
    known && Uint8Array.from(cut.nodes, (node) => +known.has(node));
  const reach = options.drawn
    ? Math.max(...options.drawn.map((cells) => reachOf(cells, isUsual)))
    : Number.POSITIVE_INFINITY;
  const ones = new Float64Array(
    Math.max(samples.length, predicted.length),
  ).fill(1);
  const shades = Array.from({ length: SHADES }, (_, i) =>
    rampAt(counts, i / (SHADES - 1)),
  );
  return {
    value,
    curve,
    ...VALUES[value].factors({
      most,
      reach,
      ones,
      samples,
      predicted,
      rows: of(support, cut, errorsOnly),
      columns: of(predictedCount, cut.columns, errorsOnly),
    }),
    packed: Uint32Array.from(
      shades,
      ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0,
    ),
    shades,
  };
}

function inverse(total: number): number {
  return total > 0 ? 1 / total : 0;
}

function median(values: Float64Array): number {
  if (!values.length) return 1;
  return Float64Array.from(values).sort()[values.length >> 1]!;
}

export function valueAt(
  { rowFactor, columnFactor }: Scale,
  count: number,
  row: number,
  column: number,
): number {
  return count * rowFactor[row]! * columnFactor[column]!;
}

export function shadeOf(
  scale: Scale,
  count: number,
  row: number,
  column: number,
): number {
  return shadeAt(scale, valueAt(scale, count, row, column));
}

export function shadeAt(scale: Scale, value: number): number {
  return Math.round(portion(scale)(value) * (SHADES - 1));
}

/** How far up the ramp a value lies, in [0, 1]. */
export function portion(scale: Scale): (value: number) => number {
  const place = CURVES[scale.curve].portion(scale);
  return (value) => Math.min(Math.max(place(value), 0), 1);
}

function short(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** A bar of the legend: values from `from` up to the next bar's. */
export interface Bin {
  from: number;
  cells: number;
}

/** Of products of a count and two factors. */
export const ROUNDING = 1e-9;

/** Of rows and columns 1 where a cell is to be counted. */
export interface Sight {
  rows: ArrayLike<number>;
  columns: ArrayLike<number>;
}

/** Counts cells in bins that widen geometrically; `sight` says which cells. */
export function histogram(scale: Scale, cells: Cells, sight?: Sight): Bin[] {
  const edges = binEdges(scale);
  const last = edges.length - 1;
  const found = new Uint32Array(edges.length);
  const { rowFactor, columnFactor } = scale;
  // Of most cells the value is that of the one before, or near it.
  let before = 0;
  let bin = 0;
  const add = (count: number, row: number, column: number): void => {
    if (sight && !(sight.rows[row] && sight.columns[column])) return;
    const value =
      count * rowFactor[row]! * columnFactor[column]! * (1 + ROUNDING);
    if (value !== before) {
      while (bin < last && edges[bin + 1]! <= value) bin++;
      while (bin > 0 && edges[bin]! > value) bin--;
      before = value;
    }
    found[bin]!++;
  };
  const { row, column, count, weakestFirst, diagonal } = cells;
  if (!sight && scale.value === "count") {
    // They are sorted by it.
    let below = 0;
    for (let at = 0; at <= last; at++) {
      const next = edges[at + 1] ?? Number.POSITIVE_INFINITY;
      const upTo = cellsBelow(count, weakestFirst, next);
      found[at] = upTo - below;
      below = upTo;
    }
  } else {
    for (let k = 0; k < count.length; k++) add(count[k]!, row[k]!, column[k]!);
  }
  for (let at = 0; at < cells.size; at++) {
    if (diagonal[at]! > 0) add(diagonal[at]!, at, at);
  }
  return edges.map((from, at) => ({ from, cells: found[at]! }));
}

function binEdges({ value, low, high }: Scale): number[] {
  for (let { growth } = bins; ; growth += bins.step) {
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
    if (edges.length <= bins.most) return edges;
  }
}
