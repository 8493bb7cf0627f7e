/** A cursor over the cells of the matrix, which keys move: read out in words. */

import { commonOf, errorsBetween, sumBetween } from "../../confusion/blocks.ts";
import type { Epoch } from "../../confusion/cells.ts";
import { fullName } from "../../hierarchy/classNames.ts";
import {
  type Box,
  type Selection,
  selectionOf,
} from "../../hierarchy/selection.ts";
import {
  isLeaf,
  lowestCommonAncestorOfNodes,
  type Tree,
} from "../../hierarchy/tree.ts";
import * as view from "../../state/all.ts";
import {
  comparisonNames,
  isShared,
} from "../../state/comparison/comparedEpoch.ts";
import { shownPart } from "../../state/remainder.ts";
import { announce } from "../../ui/announcement.ts";
import { percentBriefly, plural, whole } from "../../ui/format.ts";
import {
  type Bounds,
  beyond,
  type Move,
  moved,
  type Spot,
  strongest,
} from "./cursorPosition.ts";
import { boxBetween, errorsIn } from "./drag.ts";

export function cellInWords(
  tree: Tree,
  epoch: Epoch,
  rows: number,
  columns: number,
): string {
  const { sums } = epoch;
  const samples = sums.support[rows]!;
  const actual = fullName(tree, rows);
  if (samples === 0) return `${actual}: no samples`;
  const count = sumBetween(tree, epoch, rows, columns);
  const share = percentBriefly(count / samples);
  const sizes = `${whole(count)} of ${whole(samples)}, ${share}`;
  const isOwn = rows === columns;
  if (isOwn && isLeaf(tree, rows)) return `${actual}, right: ${sizes}`;
  const predicted = fullName(tree, columns);
  if (commonOf(tree, rows, columns) !== null) {
    const what = isOwn ? ", right group" : ` named ${predicted}`;
    const wrong = whole(errorsBetween(tree, epoch, rows, columns));
    return `${actual}${what}: ${sizes}; ${wrong} of these the wrong class`;
  }
  const reverse = whole(sumBetween(tree, epoch, columns, rows));
  const where = lowestCommonAncestorOfNodes(tree, rows, columns);
  return (
    `${actual} named ${predicted}: ${sizes}; the reverse ${reverse}; ` +
    `common group: ${tree.names[where]} (${tree.height[where]} up)`
  );
}

/** A rectangle: its size in classes, where it begins and ends, its errors. */
export function boxInWords(tree: Tree, epoch: Epoch | null, box: Box): string {
  const [rows, columns] = [box.rows, box.columns].map(([from, to]) => {
    const names = [from, to - 1].map((at) => tree.names[tree.leaves[at]!]);
    return {
      classes: whole(tree.leafEdges[to]! - tree.leafEdges[from]!),
      ends: [...new Set(names)].join(" to "),
    };
  }) as [{ classes: string; ends: string }, { classes: string; ends: string }];
  const size = `${rows.classes} by ${columns.classes} classes`;
  const said = `${size}, ${rows.ends} named ${columns.ends}`;
  if (!epoch) return said;
  const { count } = errorsIn(epoch.cells, box);
  return `${said}: ${plural(count, "error", "errors")}`;
}

const MOVES: Record<string, Move> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** As nodes, which outlive a change of level; null before the first use. */
let held: { rows: number; columns: number } | null = null;
/** The corner of a rectangle that keys move, with the selection it made. */
let corner: { at: Spot; made: Selection } | null = null;

/** Goes to where the cursor was, or to the strongest cell in sight. */
export function enter(): void {
  goTo(spot() ?? begin());
}

export function press(event: KeyboardEvent): void {
  const move = MOVES[event.key];
  const cells = view.cells.value;
  const from = spot() ?? begin();
  if (move && from && event.shiftKey) {
    extend(from, move);
  } else if (move && cells && from) {
    goTo(moved(cells, from, move, bounds()));
  } else if ((event.key === "Enter" || event.key === " ") && held) {
    const { rows, columns } = held;
    const chosen = view.selection.value;
    const isChosen = chosen.rows === rows && chosen.columns === columns;
    // What is selected already is zoomed to, as anywhere on the page.
    if (event.key === "Enter" && isChosen) return;
    view.select(rows, columns);
    announce(`selected: ${words()}`);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Selects all from the cursor to a corner, which goes on by one. */
function extend(from: Spot, move: Move): void {
  const [tree, cut] = [view.tree.value, view.cut.value];
  if (!tree || !cut) return;
  const isGoingOn = corner?.made === view.selection.value;
  const to = beyond(isGoingOn ? corner!.at : from, move, bounds());
  const box = boxBetween(tree, cut, from, to);
  view.selection.value = selectionOf(tree, box);
  corner = { at: to, made: view.selection.value };
  announce(`selected: ${boxInWords(tree, view.epoch.value, box)}`);
}

function goTo(spot: Spot | null): void {
  const cut = view.cut.value;
  if (!spot || !cut) return;
  const [rows, columns] = [
    cut.nodes[spot.row]!,
    cut.columns.nodes[spot.column]!,
  ];
  held = { rows, columns };
  view.hover.value = { rows, columns, x: 0, y: 0 };
  announce(words());
}

function words(): string {
  const [tree, epoch] = [view.tree.value, view.epoch.value];
  if (!tree || !epoch || !held) return "";
  const { rows, columns } = held;
  // Columns of groups hold what is named there, shared or not.
  const asked = isLeaf(tree, columns) ? [rows, columns] : [rows];
  const lacking = asked.find((node) => !isShared(tree, node));
  if (lacking !== undefined) {
    const name = fullName(tree, lacking);
    return `${name}: not in ${comparisonNames.value.other}`;
  }
  return cellInWords(tree, epoch, rows, columns);
}

/** Where the cursor is in the cut on screen, if that is in sight. */
function spot(): Spot | null {
  const [tree, cut] = [view.tree.value, view.cut.value];
  if (!tree || !cut || !held || held.rows >= tree.parent.length) return null;
  const found = {
    row: cut.groupOf[tree.start[held.rows]!] ?? -1,
    column: cut.columns.groupOf[tree.start[held.columns]!] ?? -1,
  };
  const { rows, columns } = bounds();
  const isIn =
    found.row >= rows[0] &&
    found.row < rows[1] &&
    found.column >= columns[0] &&
    found.column < columns[1];
  return isIn ? found : null;
}

function begin(): Spot | null {
  return view.cells.value && strongest(view.cells.value, bounds());
}

function bounds(): Bounds {
  return shownPart.value!;
}
