/** The best classes of a sample, and the actual one. */

import type { JSX } from "preact";
import { isLeaf, type Tree } from "../../hierarchy/tree.ts";
import { shown } from "../data/loadSamples.ts";
import { rankOf } from "../grid/SampleCell.tsx";

export function TopClasses(props: { tree: Tree; sample: number }): JSX.Element {
  const { tree, sample } = props;
  const { record, index } = shown.value!;
  const label = index.labels[sample]!;
  const rank = record.trueRank[sample]!;
  const rows = record.best.map((best, k) => ({
    label: best[sample]!,
    share: record.probability[k]![sample]!,
    place: "",
  }));
  if (rank === 0 || rank > rows.length) {
    const place = rankOf(rank);
    rows.push({ label, share: record.trueProbability[sample]!, place });
  }
  return (
    <section aria-label="Best classes">
      <h2>
        {`Top ${record.best.length}`} <span class="label">probability</span>
      </h2>
      <table class="top" data-testid="top">
        <tbody>
          {rows.map((row, k) => (
            <tr key={row.label}>
              <th scope="row" class={row.label === label ? "strong" : ""}>
                {nameOf(tree, row.label)}
                {row.label === label && (
                  <span class="label">{` actual ${row.place}`}</span>
                )}
              </th>
              <td class="bar" aria-hidden="true">
                <i
                  class={kind(row.label === label, k === 0)}
                  style={{ width: `${100 * (row.share || 0)}%` }}
                />
              </td>
              <td class="number">
                {Number.isNaN(row.share) ? "–" : row.share.toFixed(2)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function kind(isActual: boolean, isAnswer: boolean): string {
  if (isActual) return "actual";
  return isAnswer ? "answer" : "";
}

function nameOf(tree: Tree, label: number): string {
  const leaf = tree.leaves[tree.leafOfLabel[label]!]!;
  return isLeaf(tree, leaf) ? tree.names[leaf]! : "";
}
