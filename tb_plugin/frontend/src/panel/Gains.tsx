/** What the other run gained over the shown one, and where it lost. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { recall } from "../confusion/cells.ts";
import { fullName } from "../hierarchy/classNames.ts";
import { contains, type Tree } from "../hierarchy/tree.ts";
import { cutNames } from "../server/runNames.ts";
import * as view from "../state/all.ts";
import {
  comparisonNames,
  isComparing,
  isEarlier,
  otherEpoch,
} from "../state/comparison/comparedEpoch.ts";
import { isGroupWithinChance } from "../state/comparison/evidence.ts";
import { changeOfNode } from "../state/comparison/nodeChanges.ts";
import { ChangeText } from "../ui/ChangeText.tsx";
import { percent } from "../ui/format.ts";
import { NodeLink, panelRoom } from "./NodeLink.tsx";

interface Gain {
  node: number;
  by: number;
}

/** Less than this is written as nothing: half of a tenth of a point. */
const LEAST = 0.0005;

/** The largest changes on either side, the largest first. */
export function gainsAndLosses(
  nodes: Iterable<number>,
  changeOf: (node: number) => number,
  most: number,
): { gained: Gain[]; lost: Gain[] } {
  const all = Array.from(nodes, (node) => ({ node, by: changeOf(node) }));
  const largest = (sign: 1 | -1): Gain[] =>
    all
      .filter(({ by }) => sign * by >= LEAST)
      .sort((a, b) => sign * (b.by - a.by))
      .slice(0, most);
  return { gained: largest(1), lost: largest(-1) };
}

/** The groups of a cut in a group, or its classes where it is not divided. */
export function groupsIn(
  tree: Tree,
  cut: Int32Array,
  group: number,
): Int32Array {
  const inside = cut.filter(
    (node) => node !== group && contains(tree, group, node),
  );
  if (inside.length) return inside;
  return tree.leaves.slice(tree.start[group], tree.stop[group]);
}

const FEW = 5;
const FEW_COMPACT = 4;

/** Of the groups of the level, in the selected group where there is one. */
const found = computed(() => {
  const [tree, cut] = [view.tree.value, view.cut.value];
  const group = view.selectedGroup.value;
  const isOn = isComparing.value && otherEpoch.value !== null;
  if (!isOn || !tree || !cut || group === null) return null;
  return gainsAndLosses(
    groupsIn(tree, cut.nodes, group),
    (node) => changeOfNode(node)?.recall ?? 0,
    view.pageFrame.value.compact ? FEW_COMPACT : FEW,
  );
});

export function Gains({ tree }: { tree: Tree }): JSX.Element | null {
  if (!found.value) return null;
  const { gained, lost } = found.value;
  if (!gained.length && !lost.length) return null;
  const { from, to } = comparisonNames.value;
  return (
    <section aria-label="Recall gained and lost" data-testid="gains">
      <h2>
        Recall{" "}
        <span class="label" title={`${to} − ${from}`}>
          {cutNames([to, from]).join(" − ")}
        </span>
      </h2>
      <div class="gains">
        <List title="gained" tree={tree} gains={gained} />
        <List title="lost" tree={tree} gains={lost} />
      </div>
    </section>
  );
}

/** A change, gaps, and the words beside a list that is alone. */
const BESIDE = 62;
const WORDS = 66;

function List(props: {
  tree: Tree;
  title: string;
  gains: readonly Gain[];
}): JSX.Element {
  const { tree, title, gains } = props;
  // Where nothing was lost, or gained, there is one list.
  const isAlone = !found.value?.gained.length || !found.value.lost.length;
  const room = (isAlone ? panelRoom() - WORDS : panelRoom() / 2) - BESIDE;
  return (
    <div>
      <h3 class="label">{gains.length ? title : `none ${title}`}</h3>
      <ul>
        {gains.map(({ node, by }) => (
          <li key={node} title={aboutRecall(tree, node, by)}>
            <NodeLink tree={tree} node={node} room={room} />
            <span class="number">
              <ChangeText
                by={by}
                good="more"
                isShare
                isChance={isGroupWithinChance(node)}
              />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How much it is from, and to. */
function aboutRecall(tree: Tree, node: number, by: number): string {
  const shown = recall(view.epoch.value!.sums, node);
  const before = isEarlier.value ? shown - by : shown;
  const name = fullName(tree, node);
  return `${name}: recall ${percent(before)}, then ${percent(before + by)}`;
}
