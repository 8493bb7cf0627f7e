/** What the pointer is on: a pair of classes or groups, or a group. */

import type { JSX } from "preact";
import {
  classesOf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../../hierarchy/tree.ts";
import style from "../../matrix/tooltip.css?inline";
import * as view from "../../state/all.ts";
import { px } from "../../state/pageLayout.ts";
import { addStyle } from "../../ui/addStyle.ts";
import { isolated, plural } from "../../ui/format.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { inWords, meanBetween, spanOf } from "../data/likeness.ts";
import { likeness } from "../data/loadResponses.ts";

addStyle(style);

const measure = measureAt(12, 500);
const OFFSET = 14;

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
  const facts: [string, string][] = [["", tree.names[rows]!]];
  if (!isOne) {
    const where = lowestCommonAncestorOfNodes(tree, rows, columns);
    facts.push(
      ["", tree.names[columns]!],
      ["alike", said],
      ["common group", isolated(tree.names[where]!)],
    );
  } else {
    facts.push(
      ["classes", plural(classesOf(tree, rows), "class", "classes")],
      ["alike", said],
    );
  }
  const { map, matrix } = view.layout.value;
  const width = Math.max(200, ...facts.map(([, text]) => 98 + measure(text)));
  const height = 14 + 17 * facts.length;
  const isLeft = hover.x + OFFSET + width > matrix.x + matrix.size + 50;
  const left = isLeft ? hover.x - OFFSET - width : hover.x + OFFSET;
  const isAbove = hover.y + OFFSET + height > map.y + map.height;
  const top = isAbove ? hover.y - OFFSET - height : hover.y + OFFSET;
  return (
    <dl
      class="tooltip"
      data-testid="tooltip"
      style={px({ left: Math.max(4, left), top: top - map.y, width })}
    >
      {facts.map(([term, text]) => (
        <div key={term + text}>
          <dt>{term}</dt>
          <dd class={term ? "" : "strong"}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Of one class there is no pair; of others there are no samples. */
function whyNone(tree: Tree, node: number, isOne: boolean): string {
  return isOne && classesOf(tree, node) === 1
    ? "one class is no pair"
    : "no samples to compare";
}
