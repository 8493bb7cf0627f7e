/** The name of a node, which selects it. */

import type { JSX } from "preact";
import { tellingId } from "../hierarchy/classNames.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { hover, select } from "../state/view.ts";
import { isolated } from "../ui/format.ts";

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
      {isolated(tree.names[node]!)}
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
