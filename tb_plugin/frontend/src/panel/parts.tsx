/** What the sections of the panel are made of. */

import type { ComponentChildren, JSX } from "preact";
import type { Epoch } from "../counts.ts";
import { tellingId } from "../names.ts";
import type { Tree } from "../tree.ts";
import { hover, select } from "../view.ts";

export interface GroupProps {
  tree: Tree;
  epoch: Epoch;
  node: number;
}

/** A name, with its id where another node is called the same. */
export function NodeName({
  tree,
  node,
}: {
  tree: Tree;
  node: number;
}): JSX.Element {
  const id = tellingId(tree, node);
  return (
    <>
      {tree.names[node]}
      {id !== null && <span class="label id"> {id}</span>}
    </>
  );
}

/** Points at cells and nodes in the matrix while the pointer is on a row. */
export function pointing(
  rows: number,
  columns: number | null,
): { onMouseEnter: () => void; onMouseLeave: () => void } {
  return {
    onMouseEnter: () => {
      // A name beside the list says no more than the list does.
      hover.value = { rows, columns, x: Number.NaN, y: Number.NaN };
    },
    onMouseLeave: () => {
      hover.value = null;
    },
  };
}

export function NodeLink({
  tree,
  node,
}: {
  tree: Tree;
  node: number;
}): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      {...pointing(node, null)}
      onClick={() => select(node)}
    >
      <NodeName tree={tree} node={node} />
    </button>
  );
}

/** A bar of a share of its column. */
export function Bar({ share }: { share: number }): JSX.Element {
  const width = Number.isFinite(share) ? `${100 * share}%` : "0";
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width }} />
    </span>
  );
}

interface HeadProps {
  sorted: { isOn: boolean; flipped: boolean; isUp: boolean };
  onSort: () => void;
  title?: string;
  children: ComponentChildren;
}

/** The head of a column by which a list can be sorted. */
export function Head(props: HeadProps): JSX.Element {
  const { sorted, onSort, title, children } = props;
  const { isOn, flipped, isUp } = sorted;
  const up = isUp !== flipped;
  return (
    <button
      type="button"
      class={isOn ? "head on" : "head"}
      title={title}
      aria-pressed={isOn}
      onClick={onSort}
    >
      {children}
      {isOn && <i aria-hidden="true">{up ? "▲" : "▼"}</i>}
    </button>
  );
}
