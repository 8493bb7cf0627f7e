/** The counts of a selection: its block, its bands, what follows. */

import type { JSX } from "preact";
import { intruding, missed, sumBetween } from "../confusions.ts";
import { type Epoch, precision, recall } from "../counts.ts";
import { percent, whole } from "../format.ts";
import {
  classesOf,
  hasClasses,
  isLeaf,
  meetOfNodes,
  type Tree,
  totalClasses,
} from "../tree.ts";
import * as view from "../view.ts";
import { Bar, type GroupProps, NodeLink } from "./parts.tsx";

export function GroupFigures({ tree, epoch, node }: GroupProps): JSX.Element {
  const { sums } = epoch;
  const { compact } = view.layout.value;
  if (node === 0) return <LevelFigures tree={tree} epoch={epoch} />;
  const name = tree.names[node]!;
  const right = recall(sums, node);
  const sure = precision(sums, node);
  const leaf = isLeaf(tree, node);
  return (
    <section aria-label="Counts">
      <div class="figures">
        <KeyMap tree={tree} node={node} />
        <table class="counts">
          <tbody>
            <Count
              key="TP"
              sign="TP"
              text={compact ? `as ${name}` : `named ${name}`}
              count={sums.inside[node]!}
            />
            {!leaf && (
              <Count
                sign=""
                text={compact ? "wrong class" : "of these, wrong class"}
                count={sums.inside[node]! - sums.right[node]!}
              />
            )}
            <Count
              sign="FN"
              text={compact ? "as other" : "named something else"}
              count={missed(sums, node)}
            />
            <Count
              sign="FP"
              text={compact ? `other as ${name}` : `others named ${name}`}
              count={intruding(sums, node)}
            />
          </tbody>
        </table>
      </div>
      <dl class="scores">
        <Score term="recall" share={right} />
        <Score term="precision" share={sure} />
        <Score term="F1" share={(2 * right * sure) / (right + sure)} />
      </dl>
    </section>
  );
}

function Count(props: {
  sign: string;
  text: string;
  count: number;
}): JSX.Element {
  return (
    <tr class={props.sign ? "" : "label"}>
      <th scope="row">{props.sign}</th>
      <td class="label">{props.text}</td>
      <td class="number">{whole(props.count)}</td>
    </tr>
  );
}

function Score({ term, share }: { term: string; share: number }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{percent(share)}</dd>
    </div>
  );
}

/** Right answers at every level, for the whole matrix. */
function LevelFigures({
  tree,
  epoch: { sums, errors, total },
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  return (
    <section aria-label="Right answers">
      <h2>
        Right at <span class="label">{whole(errors)} errors</span>
      </h2>
      <table class="bars">
        <tbody>
          {tree.levels.map(({ groups, nodes }, index) => {
            const right = nodes.reduce(
              (sum, node) => sum + sums.inside[node]!,
              0,
            );
            const isLast = index === tree.levels.length - 1 && hasClasses(tree);
            return (
              <tr key={groups}>
                <td>
                  {whole(groups)} {isLast ? "classes" : "groups"}
                </td>
                <td class="bar">
                  <Bar share={right / total} />
                </td>
                <td class="number">{percent(right / total)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const KEY = 88;

/** The selection's place in the matrix, with its bands. */
function KeyMap({ tree, node }: { tree: Tree; node: number }): JSX.Element {
  const total = totalClasses(tree);
  const low = (KEY * tree.edge[tree.start[node]!]!) / total;
  const size = Math.max((KEY * classesOf(tree, node)) / total, 1);
  const rightwards = low + size / 2 < KEY * 0.66;
  const downwards = low + size / 2 < KEY * 0.66;
  return (
    <svg
      class="keymap"
      viewBox={`-0.5 -0.5 ${KEY + 1} ${KEY + 1}`}
      role="img"
      aria-label="Block of the selection, its row and its column"
    >
      <rect class="tint" x={0} y={low} width={KEY} height={size} />
      <rect class="tint" x={low} y={0} width={size} height={KEY} />
      <rect class="block" x={low} y={low} width={size} height={size} />
      <rect class="frame" width={KEY} height={KEY} />
      <text
        x={rightwards ? KEY - 4 : 4}
        y={low + size / 2}
        dy="0.36em"
        text-anchor={rightwards ? "end" : "start"}
      >
        FN
      </text>
      <text
        x={Math.min(Math.max(low + size / 2, 10), KEY - 10)}
        y={downwards ? KEY - 5 : 12}
        text-anchor="middle"
      >
        FP
      </text>
    </svg>
  );
}

export function BlockFigures({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  const { rows, columns } = view.selection.value;
  const count = sumBetween(tree, epoch, rows, columns);
  const samples = epoch.sums.actual[rows]!;
  const where = meetOfNodes(tree, rows, columns);
  const facts: [string, string][] = [
    ["count", `${whole(count)} of ${whole(samples)}`],
    ["share of row", percent(count / samples)],
    ["share of column", percent(count / epoch.sums.predicted[columns]!)],
    ["reverse", whole(sumBetween(tree, epoch, columns, rows))],
    ["meet at", tree.names[where]!],
    ["distance", String(tree.height[where])],
  ];
  return (
    <section aria-label="Counts">
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
      <p class="both">
        <NodeLink tree={tree} node={rows} />
        {" · "}
        <NodeLink tree={tree} node={columns} />
      </p>
    </section>
  );
}
