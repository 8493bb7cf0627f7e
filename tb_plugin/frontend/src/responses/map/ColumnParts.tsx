/** Which groups the channels tell, above their columns, and lines between. */

import type { JSX } from "preact";
import {
  classesOf,
  contains,
  placesOf,
  type Tree,
} from "../../hierarchy/tree.ts";
import { rowsOf } from "../../matrix/canvas/frame.ts";
import { visible } from "../../matrix/canvas/icicle.ts";
import * as view from "../../state/all.ts";
import { measureAt } from "../../ui/textFitting.ts";
import type { Part } from "../data/channelOrder.ts";
import { chosenFeature } from "../data/loadMap.ts";
import { shownOrder } from "../data/shownOrder.ts";

const measure = measureAt(11);
/** Rows from groups of so many classes on have lines between them. */
const LEAST = 6;

interface Named {
  key: string;
  text: string;
  from: number;
  to: number;
  isChosen: boolean;
}

/** The first level of the tree that a node lies in. */
function topGroup(tree: Tree, node: number): number {
  const { nodes } = tree.levels[0]!;
  return nodes.find((each) => contains(tree, each, node)) ?? node;
}

/** What stands above: each group, or the coarsest around those of a few. */
function namedParts(tree: Tree, parts: readonly Part[]): Named[] {
  const isOne = parts.every(
    ({ node, kind }) => kind === "chance" || node === parts[0]!.node,
  );
  const found: Named[] = [];
  for (const { kind, node, from, to } of parts) {
    const group = node === 0 || isOne ? node : topGroup(tree, node);
    const text =
      kind === "chance"
        ? "within chance"
        : kind === "against"
          ? "silent there"
          : tree.names[group]!;
    const key = `${kind} ${group}`;
    const last = found.at(-1);
    if (last?.key === key) last.to = to;
    else found.push({ key, text, from, to, isChosen: kind === "for" && isOne });
  }
  return found;
}

export function ColumnParts({ tree }: { tree: Tree }): JSX.Element | null {
  const order = shownOrder.value;
  if (!order) return null;
  const { matrix } = view.layout.value;
  const { x, y, size } = matrix;
  const features = order.channels.length;
  const at = (column: number): number => x + (column / features) * size;
  const named = namedParts(tree, order.parts);
  const column = order.channels.indexOf(chosenFeature.value);
  return (
    <g class="parts" data-testid="parts">
      {order.parts.map(({ kind, node, from, to }, index) => (
        <rect
          key={`${kind} ${node}`}
          class={`${kind} ${index % 2 ? "odd" : "even"}`}
          x={at(from)}
          y={y - 6}
          width={Math.max(
            at(to) - at(from) - (at(to) - at(from) > 3 ? 1 : 0),
            0.5,
          )}
          height={4}
        />
      ))}
      {named.map(({ key, text, from, to, isChosen }) => {
        const room = at(to) - at(from) - 4;
        return (
          <g key={key}>
            {measure(text) <= room && (
              <text x={at(from)} y={y - 10} class={isChosen ? "chosen" : ""}>
                {text}
              </text>
            )}
            {from > 0 && (
              <path class="border" d={`M${at(from)} ${y}v${size}`} />
            )}
          </g>
        );
      })}
      <RowBorders tree={tree} />
      {column >= 0 && (
        <rect
          class="column"
          x={at(column) - 0.75}
          y={y}
          width={Math.max(at(column + 1) - at(column), 1) + 1.5}
          height={size}
        />
      )}
    </g>
  );
}

function RowBorders({ tree }: { tree: Tree }): JSX.Element {
  const { matrix } = view.layout.value;
  const axis = rowsOf(view.settledPlace.value);
  const lines = view.outlines.value.slice(0, 2).flatMap((nodes, level) =>
    Array.from(nodes).flatMap((node) => {
      if (classesOf(tree, node) < LEAST || tree.start[node] === 0) return [];
      const span = visible(axis, ...placesOf(tree, node));
      return span ? [{ node, level, y: span[0] }] : [];
    }),
  );
  return (
    <>
      {lines.map(({ node, level, y }) => (
        <path
          key={`${level} ${node}`}
          class={level ? "border fine" : "border"}
          d={`M${matrix.x} ${y}h${matrix.size}`}
        />
      ))}
    </>
  );
}
