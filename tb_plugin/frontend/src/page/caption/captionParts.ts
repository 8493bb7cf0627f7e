/** What the caption says, each phrase with how soon it may be left out. */

import { comparisonView } from "../../comparison/lazyComparison.ts";
import { sumBetween } from "../../confusion/blocks.ts";
import { CURVES, VALUES } from "../../confusion/cellValues.ts";
import {
  type Absence,
  absenceInWords,
  MISSING_KINDS,
} from "../../confusion/missingClasses.ts";
import { leavesInWords } from "../../hierarchy/classNames.ts";
import { contains, type Tree } from "../../hierarchy/tree.ts";
import { leastMark } from "../../matrix/canvas/density.ts";
import { sizeInWords } from "../../matrix/labels/FoldArrow.tsx";
import { zoomedParts } from "../../matrix/zoomed/lazyZoomed.ts";
import * as view from "../../state/all.ts";
import {
  changes,
  isComparing,
  isOneSeries,
  otherEpoch,
} from "../../state/comparison/comparedEpoch.ts";
import {
  arrangement,
  multiplesInWords,
} from "../../state/comparison/comparison.ts";
import { colourTransfer, isFiltered, recount } from "../../state/filters.ts";
import { isMixed } from "../../state/folds.ts";
import { TREE } from "../../state/orderText.ts";
import { missingClasses } from "../../state/remainder.ts";
import { lackedSteps, runCount } from "../../state/seeds/runSpread.ts";
import {
  awaited,
  isOrderSaid,
  orderError,
  ordering,
  ordersTree,
} from "../../state/siblingOrder.ts";
import { orderInWords } from "../../toolbar/unusualView.ts";
import { isolated, plural } from "../../ui/format.ts";
import { lazy } from "../../ui/lazy.ts";
import { type Part, PRIORITY, type Priority } from "../../ui/textFitting.ts";
import { openParts, openView } from "../views.ts";

/** How cells are coloured, where that is not by count and logarithm. */
export function colouring(): string[] {
  const said = [VALUES[view.cellValue.value], CURVES[colourTransfer.value]];
  return said.flatMap(({ caption = [] }) => caption);
}

/** Classes that are missing on an axis, of those that are zoomed to. */
function absent(): string[] {
  const [tree, found] = [view.tree.value, missingClasses.value];
  if (!tree || !found) return [];
  return MISSING_KINDS.flatMap((absence: Absence) => {
    const { length: count } = found[absence].filter((leaf) =>
      contains(tree, view.focus.value, leaf),
    );
    if (!count) return [];
    return [`${leavesInWords(tree, count)} ${absenceInWords(absence)}`];
  });
}

const loadNotes = lazy(() => import("./captionNotes.ts"));

/** The phrases about the view that is open, whatever room there is. */
export function captionParts(): Part[] {
  if (openView.value) return openParts.value?.caption() ?? [];
  return partsOfMatrix();
}

/** What every matrix says, and what is as usual, goes first. */
function partsOfMatrix(): Part[] {
  const epoch = view.epoch.value;
  const tree = view.tree.value;
  if (!epoch || !tree) return [];
  const { sums, total, errors } = epoch;
  const last = view.epochs.value.at(-1)?.step;
  const said: Part[] = [];
  const say = (priority: Priority, ...texts: (string | null)[]): void => {
    for (const text of texts) if (text) said.push([text, priority]);
  };
  say(PRIORITY.essential, recount.value?.note ?? null);
  if (arrangement.value === "multiples") {
    said.push(...multiplesInWords.value);
    say(...orderAsShown(tree));
    return said;
  }
  if (isComparing.value) {
    said.push(...(comparisonView.value?.comparisonInWords() ?? []));
    say(PRIORITY.essential, comparisonView.value?.leftOutOfBoth() ?? null);
  }
  if (changes.value && isOneSeries.value) {
    say(PRIORITY.choice, "later minus earlier");
  }
  if (runCount.value > 1) {
    const lacked = lackedSteps.value;
    say(
      PRIORITY.essential,
      isComparing.value ? null : `sum of ${runCount.value} runs`,
      lacked.length
        ? `${plural(lacked.length, "epoch", "epochs")} left out that some lack`
        : null,
    );
  }
  const { role, layer } = view.role.value;
  if (role !== "class") {
    say(PRIORITY.subject, layer === null ? `a ${role}` : `${role} at ${layer}`);
  }
  const rest = zoomedParts.value?.leftOut() ?? null;
  const focus = view.isZoomed.value ? view.focus.value : 0;
  if (focus === 0) {
    say(
      otherEpoch.value ? PRIORITY.background : PRIORITY.usual,
      plural(total, "sample", "samples"),
    );
    const where = plural(cellsWithErrors(), "cell", "cells");
    if (!otherEpoch.value) {
      const all = plural(errors, "error", "errors");
      say(PRIORITY.essential, isFiltered.value ? rest : `${all} in ${where}`);
    }
  } else {
    const inside = sumBetween(tree, epoch, focus, focus);
    const samples = plural(sums.support[focus]!, "sample", "samples");
    say(PRIORITY.subject, `${isolated(tree.names[focus]!)}: ${samples}`);
    say(
      PRIORITY.choice,
      `${plural(inside - sums.correct[focus]!, "error", "errors")} inside it`,
    );
    const leaving = sums.support[focus]! - inside;
    say(PRIORITY.choice, plural(leaving, "leaves it", "leave it"));
  }
  if (focus !== 0 && !otherEpoch.value) say(PRIORITY.essential, rest);
  const info = view.epochs.value.find((e) => e.step === view.drawnStep.value);
  if (info?.coarse || tree.computed || role === "probe") {
    said.push(...(loadNotes()?.notes(tree, info) ?? []));
  }
  if (view.isCollapsed.value) {
    const cut = view.cut.value!;
    say(
      isMixed.value ? PRIORITY.choice : PRIORITY.detail,
      isMixed.value
        ? `${sizeInWords(cut)} of mixed levels`
        : plural(cut.nodes.length, "group", "groups"),
    );
    if (view.shownCells.value === "errors") {
      say(PRIORITY.legend, "diagonal: wrong class, right group");
    }
  } else if (view.shownCells.value === "errors")
    say(PRIORITY.usual, "diagonal hidden");
  if (!otherEpoch.value) say(PRIORITY.choice, ...colouring(), ...absent());
  const { size } = view.layout.value.matrix;
  const { span } = view.settledWindow.value;
  if (size / span < 2 && view.cells.value) {
    const share = span / view.fullWindow().span;
    const isBold = leastMark(view.cells.value, share, size) === 2;
    say(
      PRIORITY.fineprint,
      isBold ? "marks at least 2 px" : "marks of 1 px add up",
    );
  }
  say(...orderAsShown(tree));
  if (view.runInfo.value?.split === "train" && !view.isCollapsed.value) {
    say(PRIORITY.detail, "counted while training");
  }
  if (!otherEpoch.value)
    say(PRIORITY.usual, `epoch ${view.drawnStep.value} of ${last}`);
  return said;
}

function orderAsShown(tree: Tree): [Priority, string] {
  const order = ordersTree(tree) ? ordering.value.order : TREE;
  const isUsual = order.by === "tree" && !orderError.value;
  if (awaited.value) {
    return [
      PRIORITY.choice,
      `order: waiting for ${orderInWords(awaited.value)}`,
    ];
  }
  const why = orderError.value
    ? ` (not as asked: ${orderError.value})`
    : isUsual || isOrderSaid.value
      ? ""
      : ", as there are no groups";
  return [
    isUsual && !isOrderSaid.value ? PRIORITY.usual : PRIORITY.choice,
    `order: ${orderInWords(order)}${why}`,
  ];
}

function cellsWithErrors(): number {
  const cells = view.wrongCells.value;
  if (!cells) return 0;
  // At a level, the diagonal holds errors too: wrong class, right group.
  const diagonal = cells.diagonal.filter((count) => count > 0).length;
  return cells.count.length + diagonal;
}
