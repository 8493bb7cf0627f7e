/** The blocks of the selection that changed most. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { Change } from "../changed.tsx";
import { type Changed, largestChanges, subtract } from "../changes.ts";
import {
  changes,
  inShares,
  isComparing,
  isOtherSize,
  names,
  other,
  otherCells,
  rowSamples,
  shownCells,
} from "../compared.ts";
import { whole } from "../format.ts";
import type { Tree } from "../tree.ts";
import * as view from "../view.ts";

const FEW = 9;
const FEW_COMPACT = 6;

/** The blocks of the level that changed most in the selection. */
function changedMost(most: number): Changed[] {
  const [tree, cut] = [view.tree.value, view.cut.value];
  if (!tree || !cut || !shownCells.value || !otherCells.value) return [];
  const inCounts = !isOtherSize.value;
  const found =
    changes.value && inCounts !== inShares.value
      ? changes.value
      : subtract(
          shownCells.value,
          otherCells.value,
          inCounts ? undefined : rowSamples.value,
        );
  const chosen = view.selection.value;
  return largestChanges(tree, cut, shownCells.value, found, chosen, most);
}

const largest = computed(() =>
  isComparing.value && other.value
    ? changedMost(view.layout.value.compact ? FEW_COMPACT : FEW)
    : [],
);

export function LargestChanges({ tree }: { tree: Tree }): JSX.Element | null {
  const found = largest.value;
  if (!found.length) return null;
  return (
    <section aria-label="Largest changes" data-testid="largest-changes">
      <h2>
        Largest changes{" "}
        <span class="label">
          {names.value.other} − {names.value.shown}
        </span>
      </h2>
      <ul class="changed">
        {found.map((block) => (
          <Row key={`${block.rows} ${block.columns}`} {...{ tree, block }} />
        ))}
      </ul>
    </section>
  );
}

function Row({ tree, block }: { tree: Tree; block: Changed }): JSX.Element {
  const { rows, columns, count, change } = block;
  // Only where right answers are shown can more of a cell be good.
  const isRight = rows === columns && view.show.value === "all";
  return (
    <li>
      <button
        type="button"
        class="pair"
        onClick={() => view.select(rows, columns)}
        onMouseEnter={() => {
          view.hover.value = { rows, columns, x: 0, y: 0 };
        }}
        onMouseLeave={() => {
          view.hover.value = null;
        }}
      >
        <span class="names">
          {rows === columns ? (
            <>
              <i>{isRight ? "as" : "within"}</i> {tree.names[rows]}
            </>
          ) : (
            <>
              {tree.names[rows]} <i>→</i> {tree.names[columns]}
            </>
          )}
        </span>
        <span class="number">{whole(count)}</span>
        <span class="number">
          <Change
            by={change}
            good={isRight ? "more" : "less"}
            isShare={isOtherSize.value}
          />
        </span>
      </button>
    </li>
  );
}
