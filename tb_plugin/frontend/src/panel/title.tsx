/** Where the selection lies in the tree, what it is, and the way back. */

import type { ComponentChildren, JSX } from "preact";
import { plural, whole } from "../format.ts";
import { glideTo, widenTo, zoomTo } from "../motion.ts";
import { tellingId } from "../names.ts";
import { kindOf, type Selection, spansOf } from "../selection.ts";
import {
  ancestors,
  classesOf,
  isLeaf,
  meetOfNodes,
  type Tree,
} from "../tree.ts";
import * as view from "../view.ts";

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
    : meetOfNodes(tree, rows, columns);
  const path = ancestors(tree, node).reverse();
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
        <button
          type="button"
          class={kind === "all" ? "link strong" : "link chosen"}
          title="Zoom to it (Enter)"
          data-testid="selection"
          onClick={() => zoomTo(selection)}
        >
          {name ?? nameOf(tree, selection)}
        </button>
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

function nameOf(tree: Tree, selection: Selection): ComponentChildren {
  const { rows, columns } = selection;
  const [row, column] = [tree.names[rows]!, tree.names[columns]!];
  switch (kindOf(selection)) {
    case "rectangle":
      return "rectangle";
    case "block":
      return `${row} → ${column}`;
    case "row band":
      return `${row} → anything`;
    case "column band":
      return `anything → ${column}`;
    default: {
      const id = tellingId(tree, rows);
      return (
        <>
          {row}
          {id !== null && <span class="label id"> {id}</span>}
        </>
      );
    }
  }
}

/** Its classes and samples. */
function sizeOf(tree: Tree, selection: Selection): string {
  const { rows } = selection;
  const kind = kindOf(selection);
  const said: string[] = [];
  if (kind === "rectangle") {
    const box = spansOf(tree, selection);
    const sides = [box.rows, box.columns].map(([from, to]) =>
      whole(tree.edge[to]! - tree.edge[from]!),
    );
    said.push(`${sides.join(" × ")} classes`);
  } else if (rows === selection.columns && !isLeaf(tree, rows)) {
    said.push(plural(classesOf(tree, rows), "class", "classes"));
  }
  const samples = view.epoch.value?.sums.actual[rows];
  if (samples !== undefined && (kind === "group" || kind === "all")) {
    said.push(plural(samples, "sample", "samples"));
  }
  return said.join(" · ");
}
