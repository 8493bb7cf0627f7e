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
import * as view from "../../state/all.ts";
import { inPercent, percent, plural, whole } from "../../ui/format.ts";
import { leafOf, nameOf, type PairEntry } from "../data/entries.ts";
import { entries, quality, sampled } from "../data/loadQuality.ts";
import { CutNames } from "../lists/CutNames.tsx";
import { estimate } from "../lists/ListRows.tsx";
import { PairAxis } from "./PairAxis.tsx";

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
