/** How good the answers are at every level, where nothing is selected. */

import type { JSX } from "preact";
import type { Epoch } from "../confusion/cells.ts";
import { hasClasses, type Tree } from "../hierarchy/tree.ts";
import { otherEpoch } from "../state/comparison/comparedEpoch.ts";
import {
  isLevelWithinChance,
  testOfLevel,
} from "../state/comparison/evidence.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import { percent, whole } from "../ui/format.ts";
import { ShareBar } from "./ShareBar.tsx";

export function LevelFigures({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element {
  const there = otherEpoch.value;
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
              <tr key={groups} title={testOfLevel(index) ?? undefined}>
                <td>
                  {whole(groups)} {isLast ? "classes" : "groups"}
                </td>
                <td class="bar">
                  <ShareBar share={share} />
                </td>
                <td class="number">{percent(share)}</td>
                {there && (
                  <td class="number">
                    <ChangeText
                      by={rightAt(nodes, there) - share}
                      good="more"
                      isShare
                      isChance={isLevelWithinChance(index)}
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
  return (
    nodes.reduce((sum, node) => sum + sums.truePositives[node]!, 0) / total
  );
}
