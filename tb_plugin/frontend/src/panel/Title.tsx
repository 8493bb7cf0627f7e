/** Where the selection lies in the tree, what it is, and the way back. */

import type { JSX } from "preact";
import { kindOf, type Selection } from "../hierarchy/selection.ts";
import { selectionName } from "../hierarchy/selectionName.ts";
import {
  ancestors,
  classesOf,
  isLeaf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../hierarchy/tree.ts";
import { glideTo, widenTo, zoomTo } from "../matrix/gestures/zoom.ts";
import * as view from "../state/all.ts";
import { plural } from "../ui/format.ts";

export function Title(props: {
  tree: Tree;
  selection?: Selection;
  name?: string;
}): JSX.Element {
  const { tree, selection = view.selection.value, name } = props;
  const { rows, columns } = selection;
  const kind = kindOf(selection);
  const isOne = rows === columns && kind !== "rectangle";
  const node = kind.endsWith("band")
    ? rows || columns
    : lowestCommonAncestorOfNodes(tree, rows, columns);
  // Around a class, a group of it alone is no other place.
  const path = ancestors(tree, node)
    .reverse()
    .filter(
      (each) =>
        classesOf(tree, each) > 1 || tree.names[each] !== tree.names[node],
    );
  if (!isOne) path.push(node);
  return (
    <nav aria-label="Selection" class="breadcrumb">
      <p class="path">
        {path.map((each) => (
          <span key={each}>
            <button
              type="button"
              class="link"
              onClick={() => (each === 0 ? showAll() : goUp(each))}
            >
              {each === 0 ? "all" : tree.names[each]}
            </button>
            {" › "}
          </span>
        ))}
      </p>
      <p class="here">
        {kind === "all" && !name ? (
          <span class="whole" data-testid="selection">
            all classes
          </span>
        ) : (
          <button
            type="button"
            class="link chosen"
            title="Zoom to it (Enter)"
            data-testid="selection"
            onClick={() => zoomTo(selection)}
          >
            {name ?? <Name {...selectionName(tree, selection)} />}
          </button>
        )}
        <span class="label">{sizeOf(tree, selection)}</span>
      </p>
    </nav>
  );
}

function showAll(): void {
  view.select(0);
  glideTo(view.fullWindow());
}

function goUp(node: number): void {
  view.select(node);
  widenTo(view.selection.value);
}

function Name({ name, id }: { name: string; id: string | null }): JSX.Element {
  return (
    <>
      {name}
      {id !== null && <span class="label id"> {id}</span>}
    </>
  );
}

function sizeOf(tree: Tree, selection: Selection): string {
  const { rows, columns, box } = selection;
  const kind = kindOf(selection);
  const said: string[] = [];
  if (rows === columns && rows > 0 && !box && !isLeaf(tree, rows)) {
    said.push(plural(classesOf(tree, rows), "class", "classes"));
  }
  const samples = view.epoch.value?.sums.support[rows];
  if (samples !== undefined && (kind === "group" || kind === "all")) {
    said.push(plural(samples, "sample", "samples"));
  }
  return said.join(" · ");
}
