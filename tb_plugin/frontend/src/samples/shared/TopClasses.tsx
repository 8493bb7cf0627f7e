/** The best classes of a sample, and the actual one. */

import type { JSX } from "preact";
import { fullName } from "../../hierarchy/classNames.ts";
import { isLeaf, type Tree } from "../../hierarchy/tree.ts";
import { NodeName, panelRoom } from "../../panel/NodeLink.tsx";
import { measureAt } from "../../ui/textFitting.ts";
import { shown } from "../data/loadSamples.ts";
import { rankOf } from "../grid/SampleCell.tsx";

const small = measureAt(11);
/** Share of the table that a name has; those that stand out are wider. */
const NAMES = 0.55;
const STRONG = 6;

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
              <Named
                tree={tree}
                label={row.label}
                mark={row.label === label ? ` actual ${row.place}` : ""}
              />
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

function Named(props: {
  tree: Tree;
  label: number;
  /** What is said of the actual class. */
  mark: string;
}): JSX.Element {
  const { tree, label, mark } = props;
  const leaf = tree.leaves[tree.leafOfLabel[label]!]!;
  const taken = mark ? small(mark) + STRONG : 0;
  return (
    <th scope="row" class={mark ? "strong" : ""} title={fullName(tree, leaf)}>
      <div class="named">
        <span>
          {isLeaf(tree, leaf) && (
            <NodeName
              tree={tree}
              node={leaf}
              room={NAMES * panelRoom() - taken}
            />
          )}
        </span>
        {mark && <span class="label">{mark}</span>}
      </div>
    </th>
  );
}
