/** A node of the tree as something to point at, to focus and to choose. */

import type { ComponentChildren, JSX } from "preact";
import { plural } from "./format.ts";
import { zoomTo } from "./motion.ts";
import { classesOf, type Tree } from "./tree.ts";
import { select, selection } from "./view.ts";

interface Props {
  tree: Tree;
  node: number;
  role: "treeitem" | "button";
  /** Where it can be hit, in pixels of the page. */
  area: { x: number; y: number; width: number; height: number };
  style?: string;
  children: ComponentChildren;
}

export function NodeItem(props: Props): JSX.Element {
  const { tree, node, role, area, style, children } = props;
  const classes = plural(classesOf(tree, node), "class", "classes");
  const { rows, columns } = selection.value;
  const isChosen = rows === node && columns === node;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter" && isChosen) zoomTo(selection.value);
    else select(node);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is a variable
    <g
      class={`node ${style ?? ""}`}
      role={role}
      tabIndex={0}
      aria-label={`${tree.names[node]}, ${classes}`}
      {...(role === "treeitem"
        ? { "aria-selected": isChosen }
        : { "aria-pressed": isChosen })}
      data-node={node}
      onKeyDown={onKeyDown}
    >
      <rect class="hit" {...area} />
      {children}
    </g>
  );
}
