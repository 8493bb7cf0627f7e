/** A node of the tree as something to point at, to focus and to choose. */

import type { ComponentChildren, JSX } from "preact";
import { useContext } from "preact/hooks";
import { type Axis, collapsedAncestor } from "../../hierarchy/cuts.ts";
import { classesOf, type Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/view.ts";
import { select, selection } from "../../state/view.ts";
import { plural } from "../../ui/format.ts";
import { zoomTo } from "../gestures/zoom.ts";
import { foldHere, toggleFold } from "./FoldArrow.tsx";
import { IsMirrored } from "./mirrored.ts";

interface Props {
  tree: Tree;
  node: number;
  axis: Axis;
  role: "treeitem" | "button";
  /** Where it can be hit, in pixels of the page. */
  area: { x: number; y: number; width: number; height: number };
  style?: string;
  /** Whether the tabulator stops here; arrows go on from there. */
  first: boolean;
  children: ComponentChildren;
}

export function TreeNode(props: Props): JSX.Element {
  const { tree, node, axis, role, area, style, children } = props;
  const classes = plural(classesOf(tree, node), "class", "classes");
  const { rows, columns } = selection.value;
  const isChosen = rows === node && columns === node;
  const fold = foldHere(tree, node, axis);
  if (useContext(IsMirrored)) {
    return <g class={`node ${style ?? ""}`}>{children}</g>;
  }
  const onKeyDown = (
    event: KeyboardEvent & { currentTarget: Element },
  ): void => {
    if (moveFocus(event)) return;
    const isFold = event.key === "c" || event.key === "C";
    if (isFold && !event.ctrlKey && !event.metaKey) {
      event.stopPropagation();
      toggleFold(node, axis, event.shiftKey);
      keepFocus(event.currentTarget, props);
      return;
    }
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
      tabindex={isChosen || props.first ? 0 : -1}
      aria-label={`${tree.names[node]}, ${classes}`}
      {...(role === "treeitem"
        ? { "aria-selected": isChosen }
        : { "aria-pressed": isChosen })}
      {...(fold ? { "aria-expanded": fold === "close" } : {})}
      data-node={node}
      onKeyDown={onKeyDown}
    >
      <rect class="hit" {...area} />
      {children}
    </g>
  );
}

/** Where the node is now part of a group, the focus goes to that group. */
function keepFocus(element: Element, { tree, node, axis }: Props): void {
  const around = element.parentElement;
  requestAnimationFrame(() => {
    if (!around || element.isConnected) return;
    const cut = view.cut.value;
    const groups = axis === "rows" ? cut : cut?.columns;
    const holder = groups && collapsedAncestor(tree, groups.nodes, node);
    const next =
      around.querySelector<SVGElement>(`[data-node="${holder}"]`) ??
      around.querySelector<SVGElement>(".node");
    next?.focus();
  });
}

const MOVES: Record<string, 1 | -1> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

/** Arrow keys walk the names of a tree. */
function moveFocus(event: KeyboardEvent & { currentTarget: Element }): boolean {
  const by = MOVES[event.key];
  if (by === undefined) return false;
  event.preventDefault();
  event.stopPropagation();
  const siblings = event.currentTarget.parentElement?.querySelectorAll(".node");
  const all = [...(siblings ?? [])] as SVGElement[];
  all[all.indexOf(event.currentTarget as SVGElement) + by]?.focus();
  return true;
}
