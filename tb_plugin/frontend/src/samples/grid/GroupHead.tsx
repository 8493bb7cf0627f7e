/** The head of a group: that row, or column, of the matrix in words. */

import type { JSX } from "preact";
import { isWithin } from "../../hierarchy/selection.ts";
import { NodeName } from "../../panel/NodeLink.tsx";
import * as view from "../../state/all.ts";
import { whole } from "../../ui/format.ts";
import { shown } from "../data/loadSamples.ts";
import { roles } from "../selection/choices.ts";
import { type Group, othersOf } from "../selection/grouping.ts";
import {
  across,
  areErrors,
  arranged,
  facts,
  isOpen,
  toggleOpen,
} from "../selection/shownSamples.ts";

/** As many of the other classes are named. */
const NAMED = 4;

export function GroupHead(props: { group: Group; index: number }): JSX.Element {
  const { group, index } = props;
  const { from, to, actual, predicted } = group;
  const tree = view.tree.value!;
  const count = to - from;
  const isOnly = arranged.value.groups.length === 1;
  const rest = count - across.value;
  const open = isOpen(index);
  const leaf = tree.leaves[(actual ?? predicted)!]!;
  const isPair = actual !== null && predicted !== null;
  const word = actual === null ? "are" : areErrors.value ? "wrong:" : "named";
  return (
    <>
      <button
        type="button"
        class="class"
        aria-expanded={open}
        disabled={isOnly || rest <= 0}
        onClick={() => toggleOpen(index)}
      >
        <i aria-hidden="true">{open ? "▾" : "▸"}</i>
        <span>
          <NodeName tree={tree} node={leaf} />
        </span>
      </button>
      <span class="label">
        {actual === null ? whole(count) : `${whole(count)} of ${size(actual)}`}
      </span>
      <span class="named">
        {isPair ? (
          actual !== predicted && (
            <>
              named <Name position={predicted} of={actual} isActual={false} />
            </>
          )
        ) : (
          <Others group={group} word={word} />
        )}
      </span>
      {!isOnly && rest > 0 && (
        <button
          type="button"
          class="more"
          tabIndex={-1}
          onClick={() => toggleOpen(index)}
        >
          {open ? "fewer" : `${whole(rest)} more ›`}
        </button>
      )}
    </>
  );
}

/** Samples of a class that were logged. */
function size(position: number): string {
  const label = view.tree.value!.order[position]!;
  const { first } = shown.value!.index;
  return whole(first[label + 1]! - first[label]!);
}

function Others(props: { group: Group; word: string }): JSX.Element | null {
  const { group, word } = props;
  const { trueLeaf: actual, predictedLeaf: predicted } = facts.value!;
  const isByActual = group.actual !== null;
  const own = (group.actual ?? group.predicted)!;
  const found = othersOf(
    arranged.value,
    group,
    isByActual ? predicted : actual,
  ).filter(({ position }) => position !== own);
  if (!found.length) return null;
  return (
    <>
      {word}
      {found.slice(0, NAMED).map(({ position, count }) => (
        <span key={position}>
          <Name position={position} of={own} isActual={!isByActual} />{" "}
          {whole(count)}
        </span>
      ))}
    </>
  );
}

/** A class that, clicked, leaves the samples of this cell alone. */
function Name(props: {
  position: number;
  of: number;
  isActual: boolean;
}): JSX.Element {
  const { position, of, isActual } = props;
  const tree = view.tree.value!;
  const leaf = tree.leaves[position]!;
  const { rows, columns, box } = view.selection.value;
  const chosen = isActual
    ? { node: rows, span: box?.rows ?? null }
    : { node: columns, span: box?.columns ?? null };
  return (
    <button
      type="button"
      class={isWithin(tree, chosen, leaf) ? "link chosen" : "link"}
      tabIndex={-1}
      onClick={() => {
        const other = tree.leaves[of]!;
        // The samples that were counted here, whatever else was wanted.
        roles.value = null;
        if (isActual) view.select(leaf, other);
        else view.select(other, leaf);
      }}
    >
      <NodeName tree={tree} node={leaf} />
    </button>
  );
}
