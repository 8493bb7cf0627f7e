/** The classes that a selection is confused with most. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Pair, topPairs } from "../confusions.ts";
import type { Epoch } from "../counts.ts";
import { percent, plural, whole } from "../format.ts";
import { glideTo } from "../motion.ts";
import { meet, type Tree } from "../tree.ts";
import * as view from "../view.ts";
import { Bar } from "./parts.tsx";

const FEW = 6;
const FEW_COMPACT = 4;
const MANY = 100;

const pairs = computed(() => {
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  if (!tree || !epoch) return null;
  const { rows, columns } = view.selection.value;
  return topPairs(tree, epoch.cells, rows, columns, MANY);
});

export function Confusions({
  tree,
  epoch,
}: {
  tree: Tree;
  epoch: Epoch;
}): JSX.Element | null {
  const [showsAll, setShowsAll] = useState(false);
  if (!pairs.value?.found) return null;
  const few = view.layout.value.compact ? FEW_COMPACT : FEW;
  const { pairs: top, found } = pairs.value;
  const strongest = top[0]!.count;
  return (
    <section aria-label="Top confusions" data-testid="confusions">
      <h2>
        Top confusions{" "}
        <span class="label">{plural(found, "pair", "pairs")}</span>
      </h2>
      <ul class="pairs">
        {top.slice(0, showsAll ? MANY : few).map((pair) => (
          <PairRow
            key={`${pair.row} ${pair.column}`}
            {...{ tree, epoch, pair, strongest }}
          />
        ))}
      </ul>
      {top.length > few && (
        <button
          type="button"
          class="link label"
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? "fewer" : `${whole(top.length - few)} more`}
        </button>
      )}
    </section>
  );
}

function PairRow(props: {
  tree: Tree;
  epoch: Epoch;
  pair: Pair;
  strongest: number;
}): JSX.Element {
  const { tree, epoch, pair, strongest } = props;
  const [row, column] = [tree.leaves[pair.row]!, tree.leaves[pair.column]!];
  const where = meet(tree, pair.row, pair.column);
  const share = percent(pair.count / epoch.sums.actual[row]!, 0);
  const point = (): void => {
    view.hover.value = { rows: row, columns: column, x: 0, y: 0 };
  };
  const unpoint = (): void => {
    view.hover.value = null;
  };
  return (
    <li>
      <button
        type="button"
        class="pair"
        onClick={() => goTo(row, column)}
        onMouseEnter={point}
        onMouseLeave={unpoint}
      >
        <span class="names">
          {tree.names[row]} <i>→</i> {tree.names[column]}
        </span>
        <Bar share={pair.count / strongest} />
        <span class="number">{whole(pair.count)}</span>
        <span class="about">
          {share} of row · meet at {tree.names[where]} · distance{" "}
          {tree.height[where]}
        </span>
      </button>
    </li>
  );
}

/** Selects a cell, and moves there if it is out of sight. */
function goTo(row: number, column: number): void {
  const tree = view.tree.value!;
  view.select(row, column);
  const { x, y, span } = view.shownWindow.value;
  const at = (node: number): number => tree.edge[tree.start[node]!]!;
  const isShown =
    at(row) >= y &&
    at(row) < y + span &&
    at(column) >= x &&
    at(column) < x + span;
  if (!isShown) {
    glideTo({ x: at(column) - span / 2, y: at(row) - span / 2, span });
  }
}
