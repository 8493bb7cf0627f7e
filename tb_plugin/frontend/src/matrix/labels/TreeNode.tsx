/** A node of the tree as something to point at, to focus and to choose. */

import type { ComponentChildren, JSX } from "preact";
import { useContext } from "preact/hooks";
import { type Axis, collapsedAncestor } from "../../hierarchy/cuts.ts";
import { classesOf, contains, type Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { select, selection } from "../../state/all.ts";
import { announce } from "../../ui/announcement.ts";
import { plural } from "../../ui/format.ts";
import { zoomTo } from "../gestures/zoom.ts";
import { FoldArrow, foldHere, toggleFold } from "./FoldArrow.tsx";
import { IsMirrored } from "./mirrored.ts";

interface Props {
  tree: Tree;
  node: number;
  axis: Axis;
  /** Where it can be hit, in pixels of the page. */
  area: { x: number; y: number; width: number; height: number };
  style?: string;
  /** Of an item of a tree, from 1 at the top; others are buttons. */
  level?: number;
  /** Where the middle of its arrow is, if it has one. */
  arrow?: { x: number; y: number } | false;
  children: ComponentChildren;
}

export function TreeNode(props: Props): JSX.Element {
  const { tree, node, axis, level, area, style, arrow } = props;
  const children = (
    <>
      {props.children}
      {arrow && <FoldArrow tree={tree} node={node} axis={axis} {...arrow} />}
    </>
  );
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
    if (moveFocus(event, props)) return;
    if (event.key === "c" || event.key === "C") {
      event.stopPropagation();
      toggleFold(node, axis, event.shiftKey);
      keepFocus(event.currentTarget, props);
      return;
    }
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter" && isChosen) {
      zoomTo(selection.value);
      announce(`zoomed to ${tree.names[node]}`);
    } else select(node);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is a variable
    <g
      class={`node ${style ?? ""}`}
      role={level ? "treeitem" : "button"}
      aria-label={`${tree.names[node]}, ${classes}`}
      {...(level
        ? { "aria-selected": isChosen, "aria-level": level }
        : { "aria-pressed": isChosen })}
      {...(fold ? { "aria-expanded": fold === "close" } : {})}
      data-node={node}
      onKeyDown={onKeyDown}
      onFocus={({ currentTarget }) => keepOneStop(currentTarget.parentElement)}
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

/** Nodes around are numbered depth first. */
function nodesIn(around: Element | null): SVGElement[] {
  return [...(around?.querySelectorAll<SVGElement>(".node") ?? [])].sort(
    (a, b) => Number(a.dataset.node) - Number(b.dataset.node),
  );
}

/** The tabulator stops once at all of them; arrows go on from there. */
export function keepOneStop(around: Element | null): void {
  const all = nodesIn(around).filter((each) => each.hasAttribute("role"));
  const stop =
    all.find((each) => each === document.activeElement) ??
    all.find((each) =>
      each.matches('[aria-selected="true"], [tabindex="0"]'),
    ) ??
    all[0];
  for (const each of all)
    each.setAttribute("tabindex", each === stop ? "0" : "-1");
}

/** Arrows walk names: down and up in the order of the tree, right into a group. */
function moveFocus(
  event: KeyboardEvent & { currentTarget: Element },
  { tree, node, level }: Props,
): boolean {
  const { key, currentTarget } = event;
  if (!key.startsWith("Arrow")) return false;
  event.preventDefault();
  event.stopPropagation();
  const all = nodesIn(currentTarget.parentElement);
  const at = all.indexOf(currentTarget as SVGElement);
  const other = (each: SVGElement | undefined): number =>
    Number(each?.dataset.node);
  const by = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
  let to = all[at + by];
  if (level && key === "ArrowLeft") {
    to = all.slice(0, at).findLast((each) => contains(tree, other(each), node));
  } else if (level && key === "ArrowRight") {
    if (to && !contains(tree, node, other(to))) to = undefined;
  }
  to?.focus();
  return true;
}
