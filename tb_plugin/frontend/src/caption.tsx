/** One line that says what is shown, and how. */

import type { JSX } from "preact";
import { arrangement, multiplesInWords } from "./compare.ts";
import {
  inShares,
  isComparing,
  isOtherSize,
  mismatch,
  names,
  other,
  showsChanges,
} from "./compared.ts";
import { sumBetween } from "./confusions.ts";
import { sizeInWords } from "./fold.tsx";
import { isMixed } from "./folding.ts";
import { plural, whole } from "./format.ts";
import { px } from "./layout.ts";
import { absent, colouring, leftOut } from "./leftout.ts";
import { leastMark } from "./matrix/density.ts";
import { TREE } from "./order.ts";
import { orderInWords } from "./orderchoice.tsx";
import { awaited, orderError, ordering, ordersTree } from "./ordering.ts";
import type { Tree } from "./tree.ts";
import * as view from "./view.ts";

export function Caption(): JSX.Element {
  const { caption, panel } = view.layout.value;
  const text = words().join(" · ");
  return (
    <p
      class="caption"
      data-testid="caption"
      title={text}
      style={px({ top: caption.y, width: panel.x - 24 })}
    >
      {text}
    </p>
  );
}

function words(): string[] {
  const epoch = view.epoch.value;
  const tree = view.tree.value;
  if (!epoch || !tree) return [];
  const { sums, total, errors } = epoch;
  const last = view.epochs.value.at(-1)?.step;
  const said: string[] = [];
  if (arrangement.value === "multiples") {
    return [...multiplesInWords.value, orderAsShown(tree)];
  }
  if (isComparing.value) said.push(...comparisonInWords());
  const { role, layer } = view.role.value;
  if (role !== "class") {
    said.push(layer === null ? `a ${role}` : `${role} at ${layer}`);
  }
  const focus = view.isZoomed.value ? view.focus.value : 0;
  if (focus === 0) {
    said.push(plural(total, "sample", "samples"));
    const where = plural(cellsWithErrors(), "cell", "cells");
    if (!other.value) {
      const all = plural(errors, "error", "errors");
      said.push(leftOut() ?? `${all} in ${where}`);
    }
  } else {
    const inside = sumBetween(tree, epoch, focus, focus);
    const samples = plural(sums.actual[focus]!, "sample", "samples");
    said.push(`${tree.names[focus]}: ${samples}`);
    said.push(`${whole(inside - sums.right[focus]!)} errors inside it`);
    said.push(`${whole(sums.actual[focus]! - inside)} leave it`);
  }
  const rest = focus === 0 ? null : leftOut();
  if (rest && !other.value) said.push(rest);
  if (view.isCollapsed.value) {
    const cut = view.cut.value!;
    said.push(
      isMixed.value
        ? `${sizeInWords(cut)} of mixed levels`
        : plural(cut.nodes.length, "group", "groups"),
    );
    if (view.show.value === "errors") {
      said.push("diagonal: wrong class, right group");
    }
  } else if (view.show.value === "errors") said.push("diagonal hidden");
  if (!other.value) said.push(...colouring(), ...absent());
  const { size } = view.layout.value.matrix;
  const { span } = view.settledWindow.value;
  if (size / span < 2 && view.cells.value) {
    const share = span / view.fullWindow().span;
    said.push(
      leastMark(view.cells.value, share, size) === 2
        ? "marks at least 2 px"
        : "marks of 1 px add up",
    );
  }
  said.push(orderAsShown(tree));
  if (view.run.value.endsWith("train") && !view.isCollapsed.value) {
    said.push("counted while training");
  }
  said.push(`epoch ${view.drawnStep.value} of ${last}`);
  return said;
}

/** What is subtracted from what, or why it is not. */
function comparisonInWords(): string[] {
  const { shown, other: there } = names.value;
  if (mismatch.value) return [`${there} cannot be compared`];
  if (!other.value) return [`waiting for ${there}`];
  const said = showsChanges.value
    ? [`${there} − ${shown}`]
    : [`${shown}, ${there}`];
  const [here, more] = [view.epoch.value!.errors, other.value.errors];
  said.push(`errors: ${shown} ${whole(here)}, ${there} ${whole(more)}`);
  if (inShares.value) {
    said.push(
      isOtherSize.value
        ? `% of rows, since ${there} has ${whole(other.value.total)} samples`
        : "% of each row",
    );
  }
  return said;
}

function orderAsShown(tree: Tree): string {
  const { order } = ordering.value;
  const shown = orderInWords(ordersTree(tree) ? order : TREE);
  if (awaited.value) return `order: waiting for ${orderInWords(awaited.value)}`;
  const why = orderError.value ? ` (not as asked: ${orderError.value})` : "";
  return `order: ${shown}${why}`;
}

function cellsWithErrors(): number {
  const cells = view.cells.value;
  if (!cells) return 0;
  // At a level, the diagonal holds errors too: wrong class, right group.
  const isErrors = view.isCollapsed.value && view.show.value === "errors";
  const diagonal = cells.diagonal.filter((count) => count > 0).length;
  return cells.count.length + (isErrors ? diagonal : 0);
}
