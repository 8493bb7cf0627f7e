/** The counts of what is not a group: a pair of groups, a band, a rectangle. */

import type { JSX } from "preact";
import {
  errorsBetween,
  falseNegatives,
  falsePositives,
  sumBetween,
} from "../confusion/blocks.ts";
import { type Epoch, precision, recall } from "../confusion/cells.ts";
import { precisionInterval, recallInterval } from "../confusion/interval.ts";
import type { Box, Selection, Span } from "../hierarchy/selection.ts";
import {
  isLeaf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../hierarchy/tree.ts";
import { errorsIn } from "../matrix/gestures/drag.ts";
import * as view from "../state/all.ts";
import {
  chance,
  changes,
  comparisonNumbers,
} from "../state/comparison/comparedEpoch.ts";
import { changeOfBlock } from "../state/comparison/nodeChanges.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import { percent, percentWithin, plural, whole } from "../ui/format.ts";
import type { GroupProps } from "./groupProps.ts";
import { NodeLink } from "./NodeLink.tsx";
import { SelectionKey } from "./SelectionKey.tsx";

type Fact = [term: string, text: JSX.Element | string];

function Facts(props: {
  tree: Tree;
  selection: Selection;
  facts: Fact[];
}): JSX.Element {
  const { tree, selection, facts } = props;
  return (
    <section aria-label="Counts" data-testid="figures">
      <div class="figures">
        <SelectionKey tree={tree} selection={selection} />
        <table class="counts facts">
          <tbody>
            {facts.map(([term, text]) => (
              <tr key={term}>
                <th scope="row" class="label">
                  {term}
                </th>
                <td class="number">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Whether a block changed beyond chance: as a cell of the level on screen. */
function isBlockBeyondChance(rows: number, columns: number): boolean {
  const [cut, found, tests] = [view.cut.value, changes.value, chance.value];
  if (!cut || !found || !tests) return false;
  const [row, column] = [
    cut.nodes.indexOf(rows),
    cut.columns.nodes.indexOf(columns),
  ];
  return comparisonNumbers.value!.isBeyondAt(found, tests, row, column);
}

export function BlockFigures(props: {
  tree: Tree;
  epoch: Epoch;
  selection: Selection;
}): JSX.Element {
  const { tree, epoch, selection } = props;
  const { rows, columns } = selection;
  const { sums } = epoch;
  const count = sumBetween(tree, epoch, rows, columns);
  const change = changeOfBlock(rows, columns);
  const where = lowestCommonAncestorOfNodes(tree, rows, columns);
  const isNested = where === rows || where === columns;
  const facts: Fact[] = [
    [
      "count",
      <>
        {whole(count)}{" "}
        {change !== null && (
          <ChangeText
            key="by"
            by={change}
            good="less"
            isChance={!isBlockBeyondChance(rows, columns)}
          />
        )}
      </>,
    ],
    [
      `of ${plural(sums.support[rows]!, "sample", "samples")}`,
      percent(count / sums.support[rows]!),
    ],
    [
      `of ${plural(sums.predictedCount[columns]!, "prediction", "predictions")}`,
      percent(count / sums.predictedCount[columns]!),
    ],
    ...(isNested
      ? ([
          ["wrong class", whole(errorsBetween(tree, epoch, rows, columns))],
        ] as Fact[])
      : ([
          ["reverse", whole(sumBetween(tree, epoch, columns, rows))],
          ["common group", <NodeLink key="at" tree={tree} node={where} />],
          ...branches(tree, where, rows, columns),
        ] as Fact[])),
  ];
  return <Facts tree={tree} selection={selection} facts={facts} />;
}

/** The groups right below where two meet, unless they are the two. */
function branches(tree: Tree, where: number, ...ends: number[]): Fact[] {
  const [from, to] = ends.map((end) => {
    let node = end;
    while (tree.parent[node] !== where) node = tree.parent[node]!;
    return node;
  }) as [number, number];
  if (from === ends[0] && to === ends[1]) return [];
  const names = (
    <>
      <NodeLink tree={tree} node={from} /> <i>→</i>{" "}
      <NodeLink tree={tree} node={to} />
    </>
  );
  return [["below it", names]];
}

/** All answers to the samples of a group, or all samples answered by it. */
export function BandFigures(
  props: GroupProps & { selection: Selection },
): JSX.Element {
  const { tree, epoch, node, selection } = props;
  const { sums } = epoch;
  const isRow = selection.columns === 0;
  const [all, other] = isRow
    ? [sums.support[node]!, falseNegatives(sums, node)]
    : [sums.predictedCount[node]!, falsePositives(sums, node)];
  const wrong = sums.truePositives[node]! - sums.correct[node]!;
  const name = tree.names[node]!;
  const facts: Fact[] = [
    [isRow ? `samples of ${name}` : `predicted ${name}`, whole(all)],
    ["right class", whole(sums.correct[node]!)],
    ...(isLeaf(tree, node)
      ? []
      : ([["wrong class, right group", whole(wrong)]] as Fact[])),
    [isRow ? "missed (FN)" : "wrongly called so (FP)", whole(other)],
    isRow
      ? [
          "recall",
          percentWithin(recall(sums, node), recallInterval(sums, node)),
        ]
      : [
          "precision",
          percentWithin(precision(sums, node), precisionInterval(sums, node)),
        ],
  ];
  return <Facts tree={tree} selection={selection} facts={facts} />;
}

export function RectangleFigures(props: {
  tree: Tree;
  epoch: Epoch;
  selection: Selection;
  box: Box;
}): JSX.Element {
  const { tree, epoch, selection, box } = props;
  const { cells, errors, sums } = epoch;
  const found = errorsIn(cells, box);
  let samples = 0;
  for (let at = box.rows[0]; at < box.rows[1]; at++) {
    samples += sums.support[tree.leaves[at]!]!;
  }
  const facts: Fact[] = [
    ["errors", whole(found.count)],
    [
      `of ${plural(samples, "sample", "samples")}`,
      percent(found.count / samples),
    ],
    [`of ${plural(errors, "error", "errors")}`, percent(found.count / errors)],
    ["cells with errors", whole(found.cells)],
  ];
  return (
    <>
      <Facts tree={tree} selection={selection} facts={facts} />
      <section aria-label="Classes">
        <table class="counts ends">
          <tbody>
            <Ends tree={tree} term="actual" span={box.rows} />
            <Ends tree={tree} term="predicted" span={box.columns} />
          </tbody>
        </table>
      </section>
    </>
  );
}

/** How many classes a span holds, the first and the last of them. */
function Ends(props: { tree: Tree; term: string; span: Span }): JSX.Element {
  const { tree, term, span } = props;
  const [from, to] = span;
  const classes = tree.leafEdges[to]! - tree.leafEdges[from]!;
  const [first, last] = [tree.leaves[from]!, tree.leaves[to - 1]!];
  return (
    <tr>
      <th scope="row" class="label">
        {term}
      </th>
      <td class="label" title={plural(classes, "class", "classes")}>
        {whole(classes)}
      </td>
      <td class="names">
        <NodeLink tree={tree} node={first} />
        {first !== last && (
          <>
            <i>…</i>
            <NodeLink tree={tree} node={last} />
          </>
        )}
      </td>
    </tr>
  );
}
