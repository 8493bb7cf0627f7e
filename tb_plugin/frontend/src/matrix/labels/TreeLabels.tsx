/** Names in the trees, the axis names, and the counts at the bands' ends. */

import type { JSX } from "preact";
import type { Chosen } from "../../hierarchy/selection.ts";
import { shortName } from "../../hierarchy/shortNames.ts";
import { classesOf, type Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import { showsChanges } from "../../state/comparison/comparedEpoch.ts";
import { cornerOf, ROOMY_LEFT } from "../../state/pageLayout.ts";
import { tree as treeColumns } from "../../ui/drawing.ts";
import { isolated, whole } from "../../ui/format.ts";
import { lazy } from "../../ui/lazy.ts";
import { measureAt } from "../../ui/textFitting.ts";
import { columnsOf, rowsOf } from "../canvas/frame.ts";
import { boxesOf, type TreeBox, visible } from "../canvas/icicle.ts";
import { ARROW, foldHere, isClosed } from "./FoldArrow.tsx";
import { SideBarLabels } from "./SideBarLabels.tsx";
import { keepOneStop, TreeNode } from "./TreeNode.tsx";

const regular = measureAt(11);
const medium = measureAt(11, 500);
/** Free width left and right of a name in a box of the upper tree. */
const EDGES = 5;

interface LabelProps {
  tree: Tree;
  box: TreeBox;
}

const loadCounts = lazy(() => import("./BandCounts.tsx"));

export function TreeLabels(): JSX.Element | null {
  const tree = view.tree.value;
  const counts = view.selectedGroup.value ? loadCounts() : null;
  return (
    tree && (
      <>
        <BothTrees tree={tree} />
        <AxisNames />
        {counts && <counts.BandCounts tree={tree} />}
      </>
    )
  );
}

/** The names in the tree of the rows. */
export function LeftTree({ tree }: { tree: Tree }): JSX.Element {
  const boxes = boxesOf(tree, view.columns.value);
  const sizes = new Map<number, Set<number>>();
  for (const { from, node } of boxes) {
    if (!sizes.has(from)) sizes.set(from, new Set());
    sizes.get(from)!.add(classesOf(tree, node));
  }
  return (
    <g
      ref={(tree) => keepOneStop(tree)}
      role="tree"
      aria-label="Actual classes"
      data-testid="tree-actual"
    >
      {boxes.map((box) => (
        <LeftLabel
          key={box.node}
          tree={tree}
          box={box}
          isCounted={sizes.get(box.from)!.size > 1}
        />
      ))}
    </g>
  );
}

/** The names in the trees alone. */
export function BothTrees({ tree }: { tree: Tree }): JSX.Element {
  return (
    <>
      <LeftTree tree={tree} />
      <g
        ref={(tree) => keepOneStop(tree)}
        role="tree"
        aria-label="Predicted classes"
        data-testid="tree-predicted"
      >
        <TopTreeLabels tree={tree} />
      </g>
    </>
  );
}

export function TopTreeLabels({ tree }: { tree: Tree }): JSX.Element {
  return (
    <>
      {boxesOf(tree, view.topRows.value).map((box) => (
        <TopLabel key={box.node} tree={tree} box={box} />
      ))}
    </>
  );
}

/** How a node looks beside the selection. */
function styleOf(tree: Tree, node: number, chosen: Chosen): string {
  if (node !== 0 && node === view.selectedGroup.value) return "name chosen";
  const kin = view.relationTo(tree, node, chosen);
  if (kin === "self" || kin === "part") return "name chosen";
  return kin === "holder" ? "name strong" : "name";
}

interface LeftLabelProps extends LabelProps {
  /** Whether groups beside it have other sizes. */
  isCounted: boolean;
}

function LeftLabel(props: LeftLabelProps): JSX.Element | null {
  const { tree, box, isCounted } = props;
  const { node, from, to, low, high } = box;
  const axis = "rows";
  const item = { tree, node, axis, level: from + 1 } as const;
  const place = view.settledPlace.value;
  const { layout } = place;
  const span = visible(rowsOf(place), low, high);
  if (!span) return null;
  const [top, bottom] = span;
  const left = layout.columns[from]!;
  const width = layout.columns[to]! - left;
  const height = bottom - top;
  const { firstColumn } = treeColumns;
  const isNarrow = from === 0 && width <= firstColumn;
  const isTurned = from === 0 && layout.columns[1] - left <= firstColumn;
  const style = styleOf(tree, node, view.chosenRows.value);
  const name = tree.names[node]!;
  const count = whole(classesOf(tree, node));
  const area = { x: left, y: top, width, height };
  const middle = (top + bottom) / 2;
  // A few classes are seen at once, which their rows show.
  const isMany = count.length > 1;
  const countWidth = regular(count);
  // In a narrow column a computed group loses names; others are whole or not.
  const upright =
    isNarrow && name.includes(" +")
      ? shortName(tree, node, height - 10, medium)
      : name;
  if (isTurned && upright && medium(upright) + 10 <= height) {
    const both = medium(`${upright} · `) + countWidth;
    const written = both + 10 <= height ? both : medium(upright);
    const at = `translate(${left + 10.5} ${middle}) rotate(-90)`;
    return (
      <TreeNode
        {...item}
        area={area}
        arrow={
          written + 2 * ARROW + 12 <= height && { x: left + 10, y: top + 10 }
        }
      >
        <text class={`${style} strong`} transform={at} dy="0.36em">
          <tspan text-anchor="middle">
            {written === both ? `${isolated(upright)} · ${count}` : upright}
          </tspan>
        </text>
      </TreeNode>
    );
  }
  if (isNarrow || height < 12) return null;
  // Closed by hand, it shows its arrow always, beside the count.
  const closed = isClosed(tree, node, axis) ? ARROW - 2 : 0;
  const room = width - 12 - closed;
  const text = shortName(tree, node, room, style === "name" ? regular : medium);
  const hasRoom = regular(name) + countWidth + 20 + closed <= width;
  const yields = closed === 0 && foldHere(tree, node, axis) !== null;
  const right = left + width;
  return (
    <TreeNode
      {...item}
      area={area}
      arrow={(hasRoom || closed > 0) && { x: right - 10, y: middle }}
    >
      <text class={style} x={left + 6} y={middle} dy="0.36em">
        {text}
      </text>
      {hasRoom && isCounted && isMany && (
        <text
          class={yields ? "count yields" : "count"}
          x={right - 6 - closed}
          y={middle}
          dy="0.36em"
        >
          {count}
        </text>
      )}
    </TreeNode>
  );
}

function TopLabel({ tree, box }: LabelProps): JSX.Element | null {
  const { node, from, to, low, high } = box;
  const axis = "columns";
  const item = { tree, node, axis, level: from + 1 } as const;
  const place = view.settledPlace.value;
  const { layout } = place;
  const span = visible(columnsOf(place), low, high);
  if (!span) return null;
  const [left, right] = span;
  const width = right - left;
  const name = tree.names[node]!;
  const style = styleOf(tree, node, view.chosenColumns.value);
  const strong = from === 0 || style !== "name";
  const measure = strong ? medium : regular;
  const top = layout.rows[from]!;
  const height = layout.rows[to]! - top;
  const text = shortName(tree, node, width - EDGES, measure);
  // Words are whole here: the rows have the same names, with room for them.
  if (height < 12 || (text !== name && /[…·]/.test(text))) return null;
  const middle = top + height / 2;
  return (
    <TreeNode
      {...item}
      area={{ x: left, y: top, width, height }}
      arrow={
        measure(name) + 2 * ARROW + 12 <= width && { x: right - 10, y: middle }
      }
    >
      <text
        class={`${style} centre${from === 0 ? " strong" : ""}`}
        x={(left + right) / 2}
        y={middle}
        dy="0.36em"
      >
        {text !== name && <title>{name}</title>}
        {text}
      </text>
    </TreeNode>
  );
}

function AxisNames(): JSX.Element {
  const {
    matrix,
    rowLabels: gutter,
    rows,
    sideBySide: twin,
  } = view.layout.value;
  const top = matrix.y - 6;
  const isRoomy = matrix.x >= ROOMY_LEFT || twin > 0;
  const change = showsChanges.value ? "Δ " : "";
  return (
    <g class="axes">
      <text x={matrix.x - 8} y={twin ? top : rows[0] + 12} class="end">
        predicted →
      </text>
      {isRoomy ? (
        <text x={cornerOf(view.layout.value)} y={top}>
          actual ↓
        </text>
      ) : (
        <text x={matrix.x - 8} y={gutter ? top - 14 : top} class="end">
          actual ↓
        </text>
      )}
      {gutter && (
        <text x={gutter.recall} y={top} class="end">
          {change ? "Δ recall" : "recall, %"}
        </text>
      )}
      <SideBarLabels />
    </g>
  );
}
