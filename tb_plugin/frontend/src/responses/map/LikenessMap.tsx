/** The correlation of the classes, in the place and order of the matrix. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { type Box, spanOf } from "../../hierarchy/selection.ts";
import {
  classesOf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../../hierarchy/tree.ts";
import type { Frame } from "../../matrix/canvas/frame.ts";
import { type Fact, FactBox } from "../../matrix/FactBox.tsx";
import { SelectionRectangle } from "../../matrix/gestures/SelectionRectangle.tsx";
import { RowLabels } from "../../matrix/labels/RowLabels.tsx";
import { BothTrees } from "../../matrix/labels/TreeLabels.tsx";
import { zoomedParts } from "../../matrix/zoomed/lazyZoomed.ts";
import type { ResponsesAnswer } from "../../server/responsesAnswer.ts";
import * as view from "../../state/all.ts";
import { isolated, plural } from "../../ui/format.ts";
import { inWords, meanBetween, meansOf } from "../data/likeness.ts";
import { answered, likeness, misfit, problem } from "../data/loadResponses.ts";
import { likenessPainter, MOST } from "./drawLikeness.ts";
import { frameOf, presenceIn } from "./presence.ts";
import { ResponsesMap } from "./ResponsesMap.tsx";

const means = computed(() => {
  const [of, tree, cut] = [likeness.value, view.tree.value, view.cut.value];
  return of && tree && cut ? meansOf(of, tree, cut, cut.columns) : null;
});

const sums = computed(() => presenceIn(likeness.value));

function currentFrame(): Frame | null {
  const { value } = means;
  return frameOf(
    sums.value,
    value &&
      (({ cut, palette }) =>
        likenessPainter(value, cut.columns.nodes.length, palette)),
  );
}

/** How alike the classes of a group are. */
function alikeWithin(node: number): string {
  const [of, tree] = [likeness.value, view.tree.value];
  if (!of || !tree) return "";
  const span = spanOf(tree, node);
  return inWords(meanBetween(of, span, span));
}

/** How alike the rows of a rectangle and its columns are. */
function alikeBetween({ rows, columns }: Box): string {
  const { value: of } = likeness;
  const mean = of ? inWords(meanBetween(of, rows, columns)) : "";
  return mean && `alike ${mean}`;
}

/** What the map is called. */
export function alikeInWords({
  name,
  mean,
}: Pick<ResponsesAnswer, "name" | "mean">): string {
  const average = mean === null ? "" : `, on average ${inWords(mean)}`;
  return `Correlation of the classes at ${isolated(name)}${average}`;
}

export function LikenessMap(): JSX.Element {
  const found = answered.value?.found;
  const [tree, part] = [view.tree.value, zoomedParts.value];
  const why = problem.value ?? misfit.value;
  return (
    <ResponsesMap
      name="likeness"
      label={
        found && !why
          ? alikeInWords(found)
          : "Correlation of the classes, nothing to show"
      }
      frame={currentFrame}
      labels={
        <>
          {tree && <BothTrees tree={tree} />}
          <RowLabels number={alikeWithin} />
          <Heads />
          {part && <part.ColumnLabels />}
        </>
      }
      end={`${MOST} alike`}
      why={why}
      awaited={found ? "" : "Comparing the classes"}
    >
      <SelectionRectangle inside={alikeBetween} />
      <PairTooltip />
    </ResponsesMap>
  );
}

/** What the columns beside the rows are. */
function Heads(): JSX.Element | null {
  const { rowLabels: gutter, matrix } = view.layout.value;
  // A class is no pair.
  if (!gutter || view.rowLabelsAreClasses.value) return null;
  const top = matrix.y - 6;
  return (
    <g class="axes">
      <text x={gutter.recall} y={top} class="end">
        alike
      </text>
    </g>
  );
}

function PairTooltip(): JSX.Element | null {
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
