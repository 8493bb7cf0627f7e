/** The curves of a selected part of the matrix: one side named as the other. */

import type { JSX } from "preact";
import { kindOf } from "../hierarchy/selection.ts";
import { shortName } from "../hierarchy/shortNames.ts";
import {
  comparedRates,
  followComparedRates,
} from "../loading/comparedRates.ts";
import { compared, comparisonSeries } from "../loading/otherSplit.ts";
import type { RatePoint } from "../server/answers.ts";
import * as view from "../state/all.ts";
import { addStyle } from "../ui/addStyle.ts";
import { inPercent, percentRange } from "../ui/format.ts";
import { measureAt, shorten } from "../ui/textFitting.ts";
import { type LineEnd, LineEnds } from "./LineEnds.tsx";
import style from "./partCurves.css?inline";
import {
  type RateAt,
  rateInWords,
  ratesOf,
  type Side,
  topOf,
  verdictOf,
} from "./partRates.ts";
import { bandOf, pathOf } from "./paths.ts";
import { type Plot, yOf } from "./plot.ts";

const small = measureAt(11);
/** Baseline of the line of text. */
const TEXT = 13;
const GAP = 20;
/** Of a name, however little room there is. */
const LEAST = 40;

addStyle(style);
followComparedRates();

interface Direction {
  side: Side;
  /** Whose samples, and what they are named. */
  of: string;
  as: string;
  /** The node of the latter; of a rectangle there is none. */
  node: number | null;
  rates: RateAt[];
  /** The same of the run that stands beside. */
  others: RateAt[];
}

function directionsOf(
  points: readonly RatePoint[],
  beside: readonly RatePoint[],
): Direction[] {
  const { names } = view.tree.value!;
  const { rows, columns } = view.selection.value;
  const isBox = kindOf(view.selection.value) === "rectangle";
  const [row, column] = isBox
    ? ["rows", "columns"]
    : [names[rows]!, names[columns]!];
  const sides = [
    { side: "named", of: row, as: column, node: isBox ? null : columns },
    { side: "reverse", of: column, as: row, node: isBox ? null : rows },
  ] as const;
  return sides.map((each) => ({
    ...each,
    rates: ratesOf(points, each.side),
    others: ratesOf(beside, each.side),
  }));
}

export function PartCurves({
  plot,
  points,
}: {
  plot: Plot;
  points: readonly RatePoint[];
}): JSX.Element {
  const { first, last, left, width, x } = plot;
  const directions = directionsOf(
    points,
    comparedRates.value.filter(({ step }) => step >= first && step <= last),
  );
  const top = topOf(
    directions.flatMap(({ rates, others }) => [
      ...rates.flatMap(({ share, chance }) => [share, chance]),
      ...others.map(({ share }) => share),
    ]),
  );
  const y = (share: number): number => yOf(Math.min(share / top, 1));
  return (
    <g data-testid="part-curves">
      {[0, top / 2, top].map((share) => (
        <g key={share} class="grid">
          <path d={`M${left} ${y(share)}H${left + width}`} />
          <text x={left - 11} y={y(share)} dy="0.36em" class="end">
            {Number((100 * share).toPrecision(2))}
            {share === top && " %"}
          </text>
        </g>
      ))}
      <Words directions={directions} end={left + width - 8} left={left} />
      <g class={`lines ${compared.value ? "compared" : styleOfSplit()}`}>
        {directions.map(
          ({ side, others }) =>
            others.length > 0 && (
              <path
                key={side}
                data-testid={`rate-${side}-beside`}
                class={styleOf(side)}
                d={pathOf(others, x, y)}
              />
            ),
        )}
      </g>
      <g class="lines">
        {directions.map(({ side, rates }) => (
          <g key={side} class={side} data-testid={`rate-${side}`}>
            <path class="band" d={bandOf(rates, x, y)} />
            <path
              class="chance"
              d={pathOf(
                rates.map((each) => ({ ...each, share: each.chance })),
                x,
                y,
              )}
            />
            <path class={styleOf(side)} d={pathOf(rates, x, y)} />
          </g>
        ))}
      </g>
      <LineEnds
        left={left + width}
        ends={directions.flatMap((each) => endsOf(each, y))}
      />
    </g>
  );
}

function styleOf(side: Side): string {
  return `curve ${side === "named" ? "recall" : "precision"}`;
}

/** Training curves are the paler ones; on training, validation is as dark. */
function styleOfSplit(): string {
  return comparisonSeries.value?.split === "train" ? "train" : "";
}

/** What the two are at the epoch on screen, and where they part from chance. */
function Words(props: {
  directions: readonly Direction[];
  left: number;
  end: number;
}): JSX.Element {
  const { directions, left, end } = props;
  const start = Math.max(left - 132, 150);
  const step = view.step.value;
  const whole = end - start - GAP;
  const room = whole / directions.length;
  const texts = directions.map(({ of, as, node, rates }) => {
    const now = rates.find((each) => each.step === step);
    const share = now ? ` ${rateInWords(now.share)}` : "";
    const range = now ? ` (${percentRange(now.within)})` : "";
    const name = `${of} named ${as}`;
    // The values stand at the ends of the lines, and their names.
    const verdict = `: ${verdictOf(rates)}`;
    const least = Math.max(room - small(verdict), LEAST);
    return [
      `${name}${share}${range}, ${verdictOf(rates, true)}`,
      `${name}${share}, ${verdictOf(rates, true)}`,
      `${name}${share}, ${verdictOf(rates)}`,
      `${name}${verdict}`,
      `named ${as}${verdict}`,
      (node === null
        ? shorten(as, least, small)
        : shortName(view.tree.value!, node, least, small)) + verdict,
    ];
  });
  // Of both the same is said: as much as there is room for.
  const fits = [0, 1, 2, 3, 4].find(
    (form) => texts.reduce((sum, of) => sum + small(of[form]!), 0) <= whole,
  );
  let at = start;
  return (
    <g class="thresholds">
      {directions.map(({ side }, i) => {
        const text = texts[i]![fits ?? 5]!;
        const from = at;
        at += small(text) + GAP;
        return (
          <text key={side} class="chosen" x={from} y={TEXT}>
            {text}
          </text>
        );
      })}
    </g>
  );
}

function rate(share: number): string {
  return inPercent(share, share < 0.1 ? 2 : 1);
}

/** The last values, and that of chance. */
function endsOf(
  { side, as, rates, others }: Direction,
  y: (share: number) => number,
): LineEnd[] {
  const last = rates.at(-1);
  if (!last) return [];
  // As of levels: while one still trains, the ends do not compare.
  const there = others.at(-1);
  const isSame = compared.value && there?.step === last.step;
  const end = (share: number, name: string) => ({
    wanted: y(share),
    value: rate(share),
    name: shorten(name, 93, small),
  });
  return [
    {
      ...end(last.share, `named ${as}`),
      key: side,
      style: "chosen",
      beside: isSame ? { value: rate(there.share), style: "" } : undefined,
    },
    { ...end(last.chance, "by chance"), key: `${side} chance`, style: "" },
  ];
}
