/** All pairs of the list where they lie in the matrix, this one ringed. */

import type { JSX } from "preact";
import { type Tree, totalClasses } from "../../hierarchy/tree.ts";
import type { PairEntry } from "../data/entries.ts";
import { entries, quality } from "../data/loadQuality.ts";

const SIDE = 132;
const OUTLINED = 2;
/** Radius of the largest dot. */
const LARGEST = 3.5;
const LEAST = 1;

export function PairMap(props: { tree: Tree; entry: PairEntry }): JSX.Element {
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
          const from = tree.leafEdges[tree.start[node]!]! * perClass;
          const size = tree.leafEdges[tree.stop[node]!]! * perClass - from;
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
