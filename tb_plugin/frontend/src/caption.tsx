/** One line that says what is shown, and how. */

import type { JSX } from "preact";
import { absent, colouring } from "./colouring.ts";
import { arrangement, multiplesInWords } from "./compare.ts";
import { comparing, isComparing, other } from "./compared.ts";
import { sumBetween } from "./confusions.ts";
import { isFiltered, recount } from "./filtering.ts";
import { sizeInWords } from "./fold.tsx";
import { isMixed } from "./folding.ts";
import { plural, whole } from "./format.ts";
import { fitting, measureAt, type Part, SEPARATOR } from "./labels.ts";
import { px } from "./layout.ts";
import { leastMark } from "./matrix/density.ts";
import { TREE } from "./order.ts";
import { orderInWords } from "./orderchoice.tsx";
import { awaited, orderError, ordering, ordersTree } from "./ordering.ts";
import { partial } from "./others.ts";
import { sampled } from "./sampled.ts";
import { tab } from "./tab.ts";
import type { Tree } from "./tree.ts";
import * as view from "./view.ts";

export function Caption(): JSX.Element {
  const { caption, panel } = view.layout.value;
  const isOfErrors = tab.value === "errors";
  const parts = isOfErrors ? words() : (sampled.value?.words() ?? []);
  const width = panel.x - 24;
  return (
    <p
      class="caption"
      data-testid="caption"
      title={parts.map(([text]) => text).join(SEPARATOR)}
      style={px({ top: caption.y, width })}
    >
      {fitting(parts, width, measure).join(SEPARATOR)}
    </p>
  );
}

const measure = measureAt(11);

/** What every matrix says, and what is as usual, goes first. */
function words(): Part[] {
  const epoch = view.epoch.value;
  const tree = view.tree.value;
  if (!epoch || !tree) return [];
  const { sums, total, errors } = epoch;
  const last = view.epochs.value.at(-1)?.step;
  const said: Part[] = [];
  const say = (rank: number, ...texts: (string | null)[]): void => {
    for (const text of texts) if (text) said.push([text, rank]);
  };
  say(0, recount.value?.note ?? null);
  if (arrangement.value === "multiples") {
    say(2, ...multiplesInWords.value);
    say(...orderAsShown(tree));
    return said;
  }
  if (isComparing.value) {
    say(0, ...(comparing.value?.comparisonInWords() ?? []));
    say(0, comparing.value?.leftOutOfBoth() ?? null);
  }
  const { role, layer } = view.role.value;
  if (role !== "class") {
    say(1, layer === null ? `a ${role}` : `${role} at ${layer}`);
  }
  const rest = partial.value?.leftOut() ?? null;
  const focus = view.isZoomed.value ? view.focus.value : 0;
  if (focus === 0) {
    say(other.value ? 4 : 1, plural(total, "sample", "samples"));
    const where = plural(cellsWithErrors(), "cell", "cells");
    if (!other.value) {
      const all = plural(errors, "error", "errors");
      say(0, isFiltered.value ? rest : `${all} in ${where}`);
    }
  } else {
    const inside = sumBetween(tree, epoch, focus, focus);
    const samples = plural(sums.actual[focus]!, "sample", "samples");
    say(1, `${tree.names[focus]}: ${samples}`);
    say(2, `${whole(inside - sums.right[focus]!)} errors inside it`);
    say(2, `${whole(sums.actual[focus]! - inside)} leave it`);
  }
  if (focus !== 0 && !other.value) say(0, rest);
  if (view.isCollapsed.value) {
    const cut = view.cut.value!;
    say(
      isMixed.value ? 2 : 3,
      isMixed.value
        ? `${sizeInWords(cut)} of mixed levels`
        : plural(cut.nodes.length, "group", "groups"),
    );
    if (view.show.value === "errors") {
      say(5, "diagonal: wrong class, right group");
    }
  } else if (view.show.value === "errors") say(6, "diagonal hidden");
  if (!other.value) say(2, ...colouring(), ...absent());
  const { size } = view.layout.value.matrix;
  const { span } = view.settledWindow.value;
  if (size / span < 2 && view.cells.value) {
    const share = span / view.fullWindow().span;
    const isBold = leastMark(view.cells.value, share, size) === 2;
    say(7, isBold ? "marks at least 2 px" : "marks of 1 px add up");
  }
  say(...orderAsShown(tree));
  if (view.run.value.endsWith("train") && !view.isCollapsed.value) {
    say(3, "counted while training");
  }
  say(3, `epoch ${view.drawnStep.value} of ${last}`);
  return said;
}

function orderAsShown(tree: Tree): [number, string] {
  const order = ordersTree(tree) ? ordering.value.order : TREE;
  const isUsual = order.by === "tree" && !orderError.value;
  if (awaited.value) {
    return [2, `order: waiting for ${orderInWords(awaited.value)}`];
  }
  const why = orderError.value ? ` (not as asked: ${orderError.value})` : "";
  return [isUsual ? 6 : 2, `order: ${orderInWords(order)}${why}`];
}

function cellsWithErrors(): number {
  const cells = view.cells.value;
  if (!cells) return 0;
  // At a level, the diagonal holds errors too: wrong class, right group.
  const isErrors = view.isCollapsed.value && view.show.value === "errors";
  const diagonal = cells.diagonal.filter((count) => count > 0).length;
  return cells.count.length + (isErrors ? diagonal : 0);
}
