/** The panel of a pair: where it lies, its figures, its samples. */

import type { JSX } from "preact";
import { recall } from "../../confusion/cells.ts";
import { fullName } from "../../hierarchy/classNames.ts";
import {
  classesOf,
  lowestCommonAncestorOfNodes,
  placesOf,
  type Tree,
  totalClasses,
} from "../../hierarchy/tree.ts";
import { ACROSS, sideOfPictures } from "../../samples/shared/sideOfPictures.ts";
import * as view from "../../state/all.ts";
import { inPercent, percent, plural, whole } from "../../ui/format.ts";
import { leafOf, nameOf, type PairEntry } from "../data/entries.ts";
import {
  alongAxis,
  type Dot,
  piles,
  type Sampled,
  spread,
} from "../data/evidenceSamples.ts";
import { entries, quality, sampled } from "../data/loadQuality.ts";
import { CutNames } from "../lists/CutNames.tsx";
import { estimate } from "../lists/ListRows.tsx";
import { Thumbnails } from "./Thumbnails.tsx";

const SIDE = 132;
const OUTLINED = 2;
/** Radius of the largest dot. */
const LARGEST = 3.5;
const LEAST = 1;

function PairMap(props: { tree: Tree; entry: PairEntry }): JSX.Element {
  const { tree, entry } = props;
  const perClass = SIDE / totalClasses(tree);
  const { listed } = quality.value!.overlapping;
  const all = entries.value.overlapping;
  const shown = all.slice(0, Math.max(listed, 1));
  const count = ({ of }: PairEntry): number => of.a_as_b + of.b_as_a;
  const most = Math.max(...shown.map(count), 1);
  const at = (label: number): number =>
    (tree.leafEdges[tree.leafOfLabel[label]!]! + 0.5) * perClass;
  const spots = ({ of }: PairEntry): [number, number][] => [
    [at(of.b), at(of.a)],
    [at(of.a), at(of.b)],
  ];
  const outlines = tree.levels.slice(0, -1).slice(0, OUTLINED);
  return (
    <svg class="pair-map" width={SIDE} height={SIDE} aria-hidden="true">
      {outlines.flatMap(({ groups, nodes }) =>
        [...nodes].map((node) => {
          const from = placesOf(tree, node)[0] * perClass;
          const size = classesOf(tree, node) * perClass;
          return (
            <rect
              key={`${groups}-${node}`}
              x={from}
              y={from}
              width={size}
              height={size}
            />
          );
        }),
      )}
      {shown.flatMap((each) =>
        spots(each).map(([x, y], k) => (
          <circle
            key={`${each.link}-${k}`}
            cx={x}
            cy={y}
            r={Math.max(LEAST, LARGEST * Math.sqrt(count(each) / most))}
          />
        )),
      )}
      {spots(entry)
        .slice(0, 1)
        .map(([x, y]) => (
          <circle key="this" class="this" cx={x} cy={y} r={5.5} />
        ))}
    </svg>
  );
}

interface Props {
  tree: Tree;
  entry: PairEntry;
}

export function PairDetail({ tree, entry }: Props): JSX.Element {
  return (
    <>
      <section class="pair-facts" aria-label="Figures">
        {!view.pageFrame.value.compact && <PairMap tree={tree} entry={entry} />}
        <Figures tree={tree} entry={entry} />
      </section>
      {sampled.value && <PairAxis there={sampled.value} entry={entry} />}
      <Merged tree={tree} entry={entry} />
    </>
  );
}

/** The sums of the epoch that the lists are of, as it was logged. */
function sumsShown() {
  return view.drawnStep.value === quality.value?.step
    ? view.loggedEpoch.value?.sums
    : undefined;
}

function Figures({ tree, entry }: Props): JSX.Element {
  const { a, b, a_as_b, b_as_a, expected, evidence, inside } = entry.of;
  const { told_apart } = entry.of;
  const sums = sumsShown();
  const [one, other] = [leafOf(tree, a), leafOf(tree, b)];
  const where = lowestCommonAncestorOfNodes(tree, one, other);
  const pair = (from: number, to: number): JSX.Element => (
    <CutNames
      tree={tree}
      nodes={[from, to]}
      face="small"
      class="cut"
      sign="→"
    />
  );
  const recallOf = (node: number): JSX.Element => (
    <CutNames
      tree={tree}
      nodes={[node]}
      face="small"
      class="cut"
      before="recall, "
    />
  );
  const rows: [JSX.Element | string, JSX.Element | string][] = [
    [pair(one, other), whole(a_as_b)],
    [pair(other, one), whole(b_as_a)],
    ["siblings would expect", estimate(expected)],
    ["evidence, −log₁₀ p", evidence.toFixed(1)],
    ["told apart, 0 is guessed", told_apart?.toFixed(2) ?? "–"],
  ];
  if (sums) {
    rows.push(
      [recallOf(one), percent(recall(sums, one), 0)],
      [recallOf(other), percent(recall(sums, other), 0)],
    );
  }
  const named = (node: number): JSX.Element => (
    <CutNames
      tree={tree}
      nodes={[node]}
      face="regular"
      class="cut"
      title={fullName(tree, node)}
    />
  );
  const up = ` (${entry.of.distance} up)`;
  rows.push([
    "common group",
    where === 0 ? (
      `all${up}`
    ) : (
      <>
        {named(where)}
        {up}
      </>
    ),
  ]);
  if (inside !== null) {
    rows.push(["one way, contained", named(leafOf(tree, inside))]);
  }
  return (
    <dl class="facts" data-testid="pair-figures">
      {rows.map(([term, value], i) => (
        <div key={i}>
          <dt class="one-line">{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Merged({ tree, entry }: Props): JSX.Element {
  const { a, b, a_as_b, b_as_a, merged_accuracy } = entry.of;
  const { accuracy, samples, cliques } = quality.value!;
  const sums = sumsShown();
  const gone = a_as_b + b_as_a;
  const figures: [string, string][] = [
    [
      "accuracy",
      `${inPercent(accuracy ?? Number.NaN)} → ${percent(merged_accuracy)}`,
    ],
  ];
  if (sums) {
    const ends = [leafOf(tree, a), leafOf(tree, b)];
    const total = (of: Float64Array): number =>
      ends.reduce((sum, leaf) => sum + of[leaf]!, 0);
    const share = (total(sums.correct) + gone) / total(sums.support);
    figures.push(["recall of the pair", percent(share, 0)]);
  }
  figures.push(["errors gone", whole(gone)]);
  const clique = cliques.entries.find(
    ({ classes }) => classes.includes(a) && classes.includes(b),
  );
  return (
    <section aria-label="If merged">
      <h2>
        If merged{" "}
        <span class="label">
          {`of ${plural(samples, "sample", "samples")}`}
        </span>
      </h2>
      <dl class="merged">
        {figures.map(([term, value]) => (
          <div key={term}>
            <dt class="label">{term}</dt>
            <dd class="strong">{value}</dd>
          </div>
        ))}
      </dl>
      {clique && (
        <p class="label">
          {`With ${clique.classes
            .filter((label) => label !== a && label !== b)
            .map((label) => nameOf(tree, label))
            .join(", ")}, which all cross: ${whole(clique.crossed)} gone`}
        </p>
      )}
    </section>
  );
}

const RADIUS = 2.4;
const PITCH = 5.6;
/** Height of the dots of a label, and of its name above them. */
const TALL = 46;
const NAME = 14;

function PairAxis(props: {
  there: Sampled;
  entry: PairEntry;
}): JSX.Element | null {
  const { there, entry } = props;
  const { a, b } = entry.of;
  const { tree } = there;
  const { ofA, ofB, leftOut } = alongAxis(there, a, b);
  if (!ofA.length && !ofB.length) return null;
  const width = view.pageFrame.value.panel.width - 33;
  const side = sideOfPictures();
  const some = [spread(ofA, ACROSS), spread(ofB, ACROSS)];
  const crossed = new Set(
    [...ofA, ...ofB].filter((dot) => dot.crossed).map(({ sample }) => sample),
  );
  return (
    <>
      <section aria-label="One axis, two labels" data-testid="axis">
        <h2>
          {view.pageFrame.value.compact ? "One axis" : "One axis, two labels"}{" "}
          <span class="label">
            <b class="dot" /> crossed
            {leftOut > 0 && ` · ${leftOut} unknown`}
          </span>
        </h2>
        <svg
          class="axis"
          width={width}
          height={2 * (TALL + NAME)}
          role="img"
          aria-label={inWords(ofA, ofB)}
        >
          <path class="middle" d={`M${width / 2} 4V${2 * (TALL + NAME)}`} />
          <Dots dots={ofA} width={width} base={NAME + TALL} />
          <Dots dots={ofB} width={width} base={2 * (NAME + TALL) - 1} />
          <text class="end" x={width} y={9}>
            {nameOf(tree, a)}
          </text>
          <text x={0} y={TALL + NAME + 11}>
            {nameOf(tree, b)}
          </text>
        </svg>
        <p class="ends label">
          <span class="one-line">{`← surely ${nameOf(tree, a)}`}</span>
          <span class="one-line">{`surely ${nameOf(tree, b)} →`}</span>
        </p>
      </section>
      <section aria-label="Along that axis">
        <h2>
          Along that axis <span class="label">underlined blue: crossed</span>
        </h2>
        {some.map((dots, k) => (
          <Thumbnails
            key={k === 0 ? "a" : "b"}
            samples={dots.map(({ sample }) => sample)}
            side={side}
            isCrossed={(sample) => crossed.has(sample)}
          />
        ))}
      </section>
    </>
  );
}

function inWords(ofA: readonly Dot[], ofB: readonly Dot[]): string {
  const [a, b] = [ofA, ofB].map((dots) => dots.filter((dot) => dot.crossed));
  return `${a!.length} of ${ofA.length} and ${b!.length} of ${ofB.length} crossed`;
}

function Dots(props: {
  dots: readonly Dot[];
  width: number;
  base: number;
}): JSX.Element {
  const { dots, width, base } = props;
  const columns = Math.floor(width / PITCH);
  const places = piles(dots, columns);
  const tallest = 1 + Math.max(0, ...places.map(({ height }) => height));
  // What would not fit stands closer.
  const rise = Math.min(PITCH, (TALL - RADIUS) / tallest);
  return (
    <>
      <path class="base" d={`M0 ${base}H${width}`} />
      {dots.map(({ sample, crossed }, k) => (
        <circle
          key={sample}
          class={crossed ? "crossed" : ""}
          cx={(places[k]!.column + 0.5) * (width / columns)}
          cy={base - RADIUS - 1 - places[k]!.height * rise}
          r={RADIUS}
        />
      ))}
    </>
  );
}
