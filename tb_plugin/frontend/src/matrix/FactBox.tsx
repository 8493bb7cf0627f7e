/** A box of facts about what the pointer is on. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import * as view from "../state/all.ts";
import { px } from "../state/pageLayout.ts";
import { addStyle } from "../ui/addStyle.ts";
import { measureAt } from "../ui/textFitting.ts";
import style from "./tooltip.css?inline";

addStyle(style);

export type Fact = readonly [term: string, text: string, strong?: boolean];

const small = measureAt(11);
const regular = measureAt(12);
const medium = measureAt(12, 500);
const LINE = 17;
/** Widths of the terms, as tooltip.css has them, and of what is no text. */
const [LEAST_TERM, MOST_TERM, EDGES] = [60, 120, 38];
/** Distance from what the box is about. */
const OFFSET = 14;
/** Least distance from the edges of the map. */
const MARGIN = 4;
/** How far back the pointer goes before it counts as turned. */
const TURN = 12;

/** Which way the pointer goes along an axis, and how far it has come. */
export interface Way {
  at: number;
  sign: number;
}

/** The way after a move; small steps back are none. */
export function along({ at, sign }: Way, to: number): Way {
  const by = (to - at) * sign;
  if (by >= 0) return { at: to, sign };
  return by < -TURN ? { at: to, sign: -sign } : { at, sign };
}

/** Where a box begins: behind the pointer, or ahead if only there is room. */
export function behind(
  at: number,
  sign: number,
  size: number,
  [low, high]: readonly [number, number],
): number {
  const starts = [at - OFFSET - size, at + OFFSET];
  const fits = (from: number): boolean => from >= low && from + size <= high;
  const order = sign > 0 ? starts : starts.toReversed();
  return order.find(fits) ?? Math.max(low, Math.min(order[0]!, high - size));
}

/** Whoever comes over an edge goes away from it. */
function waysFrom(at: number, size: number): Way {
  return { at, sign: at > size / 2 ? -1 : 1 };
}

/** @param x and y what it is about, in pixels of the map */
export function FactBox(props: {
  facts: readonly Fact[];
  x: number;
  y: number;
}): JSX.Element {
  const { facts, x, y } = props;
  const { map } = view.layout.value;
  const ways = useRef([waysFrom(x, map.width), waysFrom(y, map.height)]);
  const [across, down] = [
    along(ways.current[0]!, x),
    along(ways.current[1]!, y),
  ];
  ways.current = [across, down];
  const terms = Math.max(LEAST_TERM, ...facts.map(([term]) => small(term)));
  const texts = facts.map(([, text, isStrong]) =>
    (isStrong ? medium : regular)(text),
  );
  const width = Math.ceil(
    Math.min(terms, MOST_TERM) + Math.max(130, ...texts) + EDGES,
  );
  const height = 16 + LINE * facts.length;
  const [right, bottom] = [map.width - MARGIN, map.height - MARGIN];
  return (
    <dl
      class="tooltip"
      data-testid="tooltip"
      style={px({
        left: behind(x, across.sign, width, [MARGIN, right]),
        top: behind(y, down.sign, height, [MARGIN, bottom]),
        width,
      })}
    >
      {facts.map(([term, text, isStrong]) => (
        <div key={term + text}>
          <dt>{term}</dt>
          <dd class={isStrong ? "strong" : ""}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
