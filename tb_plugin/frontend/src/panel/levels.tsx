/** How good the answers are at every level, where nothing is selected. */

import type { JSX } from "preact";
import { Change } from "../changed.tsx";
import { other } from "../compared.ts";
import type { Epoch } from "../counts.ts";
import { percent, whole } from "../format.ts";
import { hasClasses, type Tree } from "../tree.ts";
import { Bar } from "./parts.tsx";

export function LevelFigures({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  const there = other.value;
  return (
    <section aria-label="Right answers" data-testid="figures">
      <h2>
        Right at <span class="label">{whole(epoch.errors)} errors</span>
      </h2>
      <table class="bars">
        <tbody>
          {tree.levels.map(({ groups, nodes }, index) => {
            const share = rightAt(nodes, epoch);
            const isLast = index === tree.levels.length - 1 && hasClasses(tree);
            return (
              <tr key={groups}>
                <td>
                  {whole(groups)} {isLast ? "classes" : "groups"}
                </td>
                <td class="bar">
                  <Bar share={share} />
                </td>
                <td class="number">{percent(share)}</td>
                {there && (
                  <td class="number">
                    <Change
                      by={rightAt(nodes, there) - share}
                      good="more"
                      isShare
                    />
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** The share of samples whose group is named, of some groups. */
function rightAt(nodes: Int32Array, { sums, total }: Epoch): number {
  return nodes.reduce((sum, node) => sum + sums.inside[node]!, 0) / total;
}
