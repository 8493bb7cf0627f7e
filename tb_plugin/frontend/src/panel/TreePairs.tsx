/** What the tree of the other run has apart, and the shown one together. */

import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { pairsApart } from "../comparison/treePairs.ts";
import { shareRoom } from "../hierarchy/shortNames.ts";
import type { Tree } from "../hierarchy/tree.ts";
import * as view from "../state/all.ts";
import { comparisonNames } from "../state/comparison/comparedEpoch.ts";
import { comparedSeries } from "../state/comparison/comparison.ts";
import { percentBriefly, plural, whole } from "../ui/format.ts";
import { measureAt } from "../ui/textFitting.ts";
import { NodeName, nameWidth, panelRoom, pointing } from "./NodeLink.tsx";

const regular = measureAt(12);
const FEW = 4;
/** More rows than these nobody reads. */
const MANY = 200;

const showsAll = signal(false);

/** Null where both runs have one tree, or a tree has no groups. */
const found = computed(() => {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  const there = comparedSeries.value?.tree;
  if (!tree || !epoch || !there || there === tree) return null;
  return pairsApart(tree, there, epoch);
});

export function TreePairs({ tree }: { tree: Tree }): JSX.Element | null {
  const pairs = found.value;
  if (!pairs?.total) return null;
  const { list, total, share, chance } = pairs;
  const shown = list.slice(0, showsAll.value ? MANY : FEW);
  return (
    <section aria-label="Pairs of two trees" data-testid="tree-pairs">
      <h2>
        Together here, apart in {comparisonNames.value.other}{" "}
        <span class="label">{plural(total, "pair", "pairs")}</span>
      </h2>
      {Number.isFinite(share) && (
        <p class="label">
          {percentBriefly(share)} of errors (chance {percentBriefly(chance)})
        </p>
      )}
      <ul class="pairs">
        {shown.map(({ first, second, errors }) => (
          <li key={`${first} ${second}`}>
            <Row tree={tree} first={first} second={second} errors={errors} />
          </li>
        ))}
      </ul>
      {list.length > FEW && !showsAll.value && (
        <button
          type="button"
          class="link label"
          onClick={() => {
            showsAll.value = true;
          }}
        >
          {list.length > MANY
            ? `${whole(MANY)} with most errors`
            : `all ${whole(list.length)}`}
        </button>
      )}
    </section>
  );
}

function Row(props: {
  tree: Tree;
  first: number;
  second: number;
  errors: number;
}): JSX.Element {
  const { tree, first, second, errors } = props;
  const room = panelRoom() - 44 - regular(" and ");
  const rooms = shareRoom(
    nameWidth(tree, first),
    nameWidth(tree, second),
    room,
  );
  return (
    <button
      type="button"
      class="pair"
      title={`${plural(errors, "error", "errors")}, both ways`}
      onClick={() => view.select(first, second)}
      {...pointing(first, second)}
    >
      <span class="names one-line">
        <NodeName tree={tree} node={first} room={rooms[0]} /> <i>and</i>{" "}
        <NodeName tree={tree} node={second} room={rooms[1]} />
      </span>
      <span />
      <span class="number">{whole(errors)}</span>
    </button>
  );
}
