/** Names in the room that a row leaves them, cut by what tells them apart. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { tellingId } from "../../hierarchy/classNames.ts";
import { shareRoom, shortName } from "../../hierarchy/shortNames.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import { isolated } from "../../ui/format.ts";
import { type Measure, measureAt } from "../../ui/textFitting.ts";

const MEASURES = {
  regular: measureAt(12),
  strong: measureAt(12, 500),
  small: measureAt(11),
};
/** Pixels of a name before its id, and letters of an id in little room. */
const LEAST = { name: 24, letters: 3 };

interface Props {
  tree: Tree;
  nodes: readonly [number] | readonly [number, number];
  face: keyof typeof MEASURES;
  class: string;
  /** What stands before the first name, and between the two. */
  before?: string;
  sign?: string;
  title?: string;
}

/** The id behind a name that more than one node has. */
function behind(tree: Tree, node: number): string {
  const id = tellingId(tree, node);
  return id === null ? "" : ` (${id})`;
}

/** As much of it as the name leaves room for; ids differ in their ends. */
function cutBehind(
  tree: Tree,
  node: number,
  room: number,
  measure: Measure,
): string {
  const whole = behind(tree, node);
  const id = tellingId(tree, node) ?? "";
  const left = room - measure(tree.names[node]!);
  if (measure(whole) <= left) return whole;
  for (let seen = id.length - 1; seen > LEAST.letters; seen--) {
    const end = ` …${id.slice(-seen)}`;
    if (measure(end) <= left) return end;
  }
  return id.length > LEAST.letters ? ` …${id.slice(-LEAST.letters)}` : whole;
}

/** A name that fits; of two that are alike, what tells their ids apart. */
export function cut(
  tree: Tree,
  node: number,
  room: number,
  measure: Measure,
): string {
  const id = cutBehind(tree, node, room, measure);
  const left = room - measure(id);
  if (id && left < LEAST.name) return id.trimStart();
  return isolated(shortName(tree, node, left, measure)) + id;
}

export function CutNames(props: Props): JSX.Element {
  const { tree, nodes, face, before = "", sign = "" } = props;
  const [first, second] = nodes;
  const measure = MEASURES[face];
  const place = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  // Its width follows from the row alone, in which buttons come and go.
  useLayoutEffect(() => {
    const measured = place.current!;
    const look = (): void => setWidth(measured.clientWidth);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  let names: ComponentChildren;
  const room = width - measure(before);
  if (second === undefined) {
    names = cut(tree, first, room, measure);
  } else {
    const needs = [first, second].map((node) =>
      measure(tree.names[node]! + behind(tree, node)),
    ) as [number, number];
    const between = ` ${sign} `;
    const rooms = shareRoom(...needs, room - measure(between));
    names = (
      <>
        <span>{cut(tree, first, rooms[0], measure)}</span>
        <i>{between}</i>
        <span>{cut(tree, second, rooms[1], measure)}</span>
      </>
    );
  }
  return (
    <span ref={place} class={props.class} title={props.title}>
      {before}
      {names}
    </span>
  );
}
