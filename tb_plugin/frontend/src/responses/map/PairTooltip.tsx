/** What the pointer is on: a pair of classes or groups, or a group. */

import type { JSX } from "preact";
import { spanOf } from "../../hierarchy/selection.ts";
import {
  classesOf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../../hierarchy/tree.ts";
import { type Fact, FactBox } from "../../matrix/FactBox.tsx";
import * as view from "../../state/all.ts";
import { isolated, plural } from "../../ui/format.ts";
import { inWords, meanBetween } from "../data/likeness.ts";
import { likeness } from "../data/loadResponses.ts";

export function PairTooltip(): JSX.Element | null {
  const [hover, tree, of] = [view.hover.value, view.tree.value, likeness.value];
  if (!hover || !tree || !of || view.moving.value || Number.isNaN(hover.x)) {
    return null;
  }
  const { rows, columns } = hover;
  const mean = meanBetween(
    of,
    spanOf(tree, rows),
    spanOf(tree, columns ?? rows),
  );
  const isOne = columns === null || columns === rows;
  const said = inWords(mean) || whyNone(tree, rows, isOne);
  const facts: Fact[] = [["", tree.names[rows]!, true]];
  if (!isOne) {
    const where = lowestCommonAncestorOfNodes(tree, rows, columns);
    facts.push(
      ["", tree.names[columns]!, true],
      ["alike", said],
      ["common group", isolated(tree.names[where]!)],
    );
  } else {
    facts.push(
      ["classes", plural(classesOf(tree, rows), "class", "classes")],
      ["alike", said],
    );
  }
  const { map } = view.layout.value;
  return <FactBox facts={facts} x={hover.x} y={hover.y - map.y} />;
}

/** Of one class there is no pair; of others there are no samples. */
function whyNone(tree: Tree, node: number, isOne: boolean): string {
  return isOne && classesOf(tree, node) === 1
    ? "one class is no pair"
    : "no samples to compare";
}
