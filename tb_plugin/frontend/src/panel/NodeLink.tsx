/** The name of a node, which selects it. */

import type { JSX } from "preact";
import { tellingId } from "../hierarchy/classNames.ts";
import { shortName } from "../hierarchy/shortNames.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { hover, pageFrame, select } from "../state/all.ts";
import { isolated } from "../ui/format.ts";
import { measureAt } from "../ui/textFitting.ts";

interface Props {
  tree: Tree;
  node: number;
  /** Width that it may take; else it has what it needs. */
  room?: number;
}

const [regular, small] = [measureAt(12), measureAt(11)];

/** Width of the id behind a name that more than one node has. */
function idWidth(tree: Tree, node: number): number {
  const id = tellingId(tree, node);
  return id === null ? 0 : small(` ${id}`);
}

/** How wide a name is, with its id where it has one. */
export function nameWidth(tree: Tree, node: number): number {
  return regular(tree.names[node]!) + idWidth(tree, node);
}

/** Width of the panel for what stands in it. */
export function panelRoom(): number {
  return pageFrame.value.panel.width - PADDING;
}

/** Of a name before its id, which is rather cut. */
const LEAST = 48;

/** Left and right, the hairline, and for a bar that scrolls. */
const PADDING = 32 + 1 + 10;

/** A name, with its id where another node is called the same. */
export function NodeName({ tree, node, room }: Props): JSX.Element {
  const name =
    room === undefined
      ? tree.names[node]!
      : shortName(
          tree,
          node,
          Math.max(room - idWidth(tree, node), LEAST),
          regular,
        );
  return (
    <>
      {isolated(name)}
      <TellingId tree={tree} node={node} />
    </>
  );
}

/** The id of a node where another one is called the same. */
export function TellingId({ tree, node }: Props): JSX.Element | null {
  const id = tellingId(tree, node);
  return id === null ? null : <span class="label id"> {id}</span>;
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

export function NodeLink(props: Props): JSX.Element {
  const { node } = props;
  return (
    <button
      type="button"
      class="link"
      {...pointing(node, null)}
      onClick={() => select(node)}
    >
      <NodeName {...props} />
    </button>
  );
}
