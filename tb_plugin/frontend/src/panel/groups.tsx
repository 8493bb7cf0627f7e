/** The groups around a selection, and the groups in it. */

import type { JSX } from "preact";
import {
  intruding,
  missed,
  outsideOf,
  partsOf,
  type Share,
} from "../confusions.ts";
import { recall } from "../counts.ts";
import { whole } from "../format.ts";
import { classesOf, isLeaf } from "../tree.ts";
import { Bar, type GroupProps, NodeLink } from "./parts.tsx";

/** Rows of the longest table. */
const MANY = 100;

export function Outside({ tree, epoch, node }: GroupProps): JSX.Element | null {
  if (node === 0) return null;
  // The level of the gutter when all is shown: fine, yet with names.
  const level =
    tree.levels.filter(({ groups }) => groups <= 200).at(-1) ?? tree.levels[0];
  if (!level) return null;
  const { to, from } = outsideOf(tree, epoch.cells, node, level.nodes, 4);
  if (!to.length && !from.length) return null;
  const most = Math.max(...[...to, ...from].map(({ count }) => count));
  const list = (title: string, shares: Share[]): JSX.Element => (
    <div>
      <h3>{title}</h3>
      <ul>
        {shares.map((share) => (
          <li key={share.node}>
            <NodeLink tree={tree} node={share.node} />
            <Bar share={share.count / most} />
            <span class="number">{whole(share.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
  return (
    <section aria-label={`Outside ${tree.names[node]}`}>
      <h2>Outside {tree.names[node]}</h2>
      <div class="outside">
        {list("FN go to", to)}
        {list("FP come from", from)}
      </div>
    </section>
  );
}

export function Parts({ tree, epoch, node }: GroupProps): JSX.Element | null {
  const { sums } = epoch;
  const parts = partsOf(tree, node);
  if (!parts.length) return null;
  const areClasses = parts.every((part) => isLeaf(tree, part));
  const order = (part: number): number =>
    areClasses
      ? missed(sums, part) + intruding(sums, part)
      : classesOf(tree, part);
  parts.sort((a, b) => order(b) - order(a));
  return (
    <section aria-label="Parts" data-testid="parts">
      <table class="parts">
        <thead>
          <tr>
            <th scope="col">{areClasses ? "Classes by errors" : "Children"}</th>
            <th />
            <th />
            <th scope="col">recall</th>
            <th scope="col">FN</th>
            <th scope="col">FP</th>
          </tr>
        </thead>
        <tbody>
          {parts.slice(0, MANY).map((part) => (
            <tr key={part}>
              <td>
                <NodeLink tree={tree} node={part} />
              </td>
              <td class="number label">{whole(classesOf(tree, part))}</td>
              <td class="bar">
                <Bar share={recall(sums, part)} />
              </td>
              <td class="number">
                {Number.isFinite(recall(sums, part))
                  ? (100 * recall(sums, part)).toFixed(1)
                  : "–"}
              </td>
              <td class="number">{whole(missed(sums, part))}</td>
              <td class="number">{whole(intruding(sums, part))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
