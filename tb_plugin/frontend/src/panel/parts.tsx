/** What the sections of the panel are made of. */

import type { JSX } from "preact";
import type { Epoch } from "../counts.ts";
import type { Tree } from "../tree.ts";
import { select } from "../view.ts";

export interface GroupProps {
  tree: Tree;
  epoch: Epoch;
  node: number;
}

export function NodeLink({
  tree,
  node,
}: {
  tree: Tree;
  node: number;
}): JSX.Element {
  return (
    <button type="button" class="link" onClick={() => select(node)}>
      {tree.names[node]}
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
