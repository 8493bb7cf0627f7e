/** The panel: the legend of one place, the selection. */

import type { JSX } from "preact";
import { plural } from "../format.ts";
import { px } from "../layout.ts";
import { glideTo, zoomTo } from "../motion.ts";
import {
  ancestors,
  classesOf,
  isLeaf,
  meetOfNodes,
  type Tree,
} from "../tree.ts";
import * as view from "../view.ts";
import { BlockFigures, GroupFigures } from "./figures.tsx";
import { Outside, Parts } from "./groups.tsx";
import { Confusions } from "./pairs.tsx";
import { NodeLink } from "./parts.tsx";

export function Panel(): JSX.Element {
  const { panel } = view.layout.value;
  const tree = view.tree.value;
  const epoch = view.epoch.value;
  const { rows, columns } = view.selection.value;
  return (
    <aside
      class="panel"
      data-testid="panel"
      aria-label="Selection"
      style={px({ left: panel.x, width: panel.width })}
    >
      {tree && (
        <>
          <Breadcrumb tree={tree} />
          {epoch && rows === columns && (
            <>
              <GroupFigures tree={tree} epoch={epoch} node={rows} />
              <Confusions tree={tree} epoch={epoch} />
              <Outside tree={tree} epoch={epoch} node={rows} />
              <Parts tree={tree} epoch={epoch} node={rows} />
            </>
          )}
          {epoch && rows !== columns && (
            <>
              <BlockFigures tree={tree} epoch={epoch} />
              <Confusions tree={tree} epoch={epoch} />
            </>
          )}
        </>
      )}
    </aside>
  );
}

function Breadcrumb({ tree }: { tree: Tree }): JSX.Element {
  const { rows, columns } = view.selection.value;
  const node = meetOfNodes(tree, rows, columns);
  const isGroup = rows === columns;
  const path = ancestors(tree, node).reverse();
  if (!isGroup) path.push(node);
  const samples = view.epoch.value?.sums.actual[rows];
  return (
    <nav aria-label="Selection" class="breadcrumb">
      <p class="path">
        {path.map((each) => (
          <span key={each}>
            {each === 0 ? (
              <button type="button" class="link" onClick={backToAll}>
                all
              </button>
            ) : (
              <NodeLink tree={tree} node={each} />
            )}
            {" › "}
          </span>
        ))}
      </p>
      <p class="here">
        <button
          type="button"
          class={rows === 0 ? "link strong" : "link chosen"}
          title="Zoom to it (Enter)"
          data-testid="selection"
          onClick={() => zoomTo({ rows, columns })}
        >
          {isGroup
            ? tree.names[node]
            : `${tree.names[rows]} → ${tree.names[columns]}`}
        </button>
        <span class="label">
          {isGroup && !isLeaf(tree, rows)
            ? `${plural(classesOf(tree, rows), "class", "classes")} · `
            : ""}
          {samples === undefined
            ? ""
            : `${plural(samples, "sample", "samples")}`}
        </span>
      </p>
    </nav>
  );
}

function backToAll(): void {
  view.select(0);
  glideTo(view.fullWindow());
}
