/**
 * Everything that a link holds: a row for each thing that is chosen.
 *
 * A new key is one more row. Texts that say nothing, or nonsense, stand for
 * what is usual; keys that no row has are left alone.
 */

import { computed } from "@preact/signals";
import { CURVES, VALUES } from "../confusion/cellValues.ts";
import { EVERYTHING } from "../confusion/filters.ts";
import { SORT_KEYS } from "../confusion/pairs.ts";
import type { Folds } from "../hierarchy/cuts.ts";
import {
  boxFromLabels,
  boxToLabels,
  selectionOf,
} from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import {
  comparedOutput,
  comparedRun,
  comparedStep,
  EPOCH_COUNTS,
  EPOCHS,
  epochCount,
  hidesChance,
  isSideBySide,
  placeOf,
} from "./comparison/comparison.ts";
import {
  CLASS_KEYS,
  chosenSort,
  classBox,
  classSort,
  isLong,
  listsClasses,
  PART_KEYS,
  partSort,
  sort,
  sortFromText,
  sortToText,
  usualSort,
} from "./confusionListSort.ts";
import {
  BARS,
  colourTransfer,
  least,
  only,
  range,
  relation,
  sideBars,
} from "./filters.ts";
import { folds } from "./folds.ts";
import type { LinkTexts } from "./link/address.ts";
import {
  choice,
  type LinkField,
  numberIn,
  type Texts,
  type TreeField,
  text,
  whileTrue,
  wholeNumber,
  wholeNumberIn,
  word,
} from "./link/field.ts";
import { orderFromText, orderToText } from "./orderText.ts";
import {
  cellValue,
  chosenStep,
  level,
  NO_EPOCH,
  output,
  run,
  SHOWN,
  select,
  selection,
  settledWindow,
  shownCells,
  speed,
  step,
  tree,
  wantedSeries,
} from "./page.ts";
import { awaited, isOrderSaid, ordering, wantedOrder } from "./siblingOrder.ts";
import { ERRORS, entry, layer, promise, sampleChoices, tab } from "./tabs.ts";
import {
  SPEEDS,
  setThreshold,
  showsComparisonCurves,
  threshold,
  USUAL_SPEED,
  USUAL_THRESHOLD,
} from "./timeline.ts";
import { clamp, isFlat, isZoomed, setWindow } from "./window.ts";

const isWithOneEpoch = computed(
  () => comparedRun.value !== "" && comparedRun.value !== EPOCHS,
);
const isWithManyEpochs = computed(() => comparedRun.value === EPOCHS);

// An id may have blanks in it.
const SEPARATOR = "\n";
const idsToText = (ids: ReadonlySet<string>): string =>
  [...ids].join(SEPARATOR);
const idsFromText = (of: string | undefined): Set<string> =>
  new Set(of ? of.split(SEPARATOR) : []);
const keysOf = <Key extends string>(table: Record<Key, unknown>): Key[] =>
  Object.keys(table) as Key[];
const numbersFromText = (of: string | undefined): number[] =>
  (of ?? "").split(" ").map(Number);

export const FIELDS: readonly (LinkField | TreeField)[] = [
  {
    // Loaded before anything can be shown, so it is taken over by who loads.
    keys: ["run", "output", "step"],
    write: () => ({
      run: run.value,
      output: output.value,
      step:
        chosenStep.value === NO_EPOCH ? undefined : String(chosenStep.value),
    }),
    read: (texts) => {
      wantedSeries.value = {
        run: texts.run,
        output: texts.output,
        step: wholeNumberIn(texts.step) ?? NO_EPOCH,
      };
    },
  },
  wholeNumber("level", level, 0),
  choice("value", cellValue, keysOf(VALUES), "count"),
  choice("show", shownCells, SHOWN, "errors"),
  {
    // An order that is on its way counts already.
    keys: ["order"],
    write: () => {
      const order = awaited.value ?? ordering.value.order;
      const isUsual =
        !isOrderSaid.value || (order.by === "tree" && !isFlat.value);
      return isUsual ? {} : { order: orderToText(order) };
    },
    read: ({ order }) => {
      wantedOrder.value = orderFromText(order ?? "");
      isOrderSaid.value = order !== undefined;
    },
  },
  {
    // The columns have keys of their own only where they are folded apart.
    keys: ["closed", "opened", "closedColumns", "openedColumns"],
    write: () => {
      const { rows, columns } = folds.value;
      const isAsymmetric = rows !== columns;
      return {
        closed: idsToText(rows.closed) || undefined,
        opened: idsToText(rows.opened) || undefined,
        closedColumns: isAsymmetric ? idsToText(columns.closed) : undefined,
        openedColumns: (isAsymmetric && idsToText(columns.opened)) || undefined,
      };
    },
    read: (texts) => {
      const read = (closed: string, opened: string): Folds => ({
        closed: idsFromText(texts[closed]),
        opened: idsFromText(texts[opened]),
      });
      const rows = read("closed", "opened");
      folds.value = {
        rows,
        columns:
          texts.closedColumns === undefined
            ? rows
            : read("closedColumns", "openedColumns"),
      };
    },
  },
  choice("scale", colourTransfer, keysOf(CURVES), "log"),
  choice("bars", sideBars, BARS, "rates"),
  wholeNumber("least", least, 1, 1),
  {
    keys: ["from", "below"],
    write: () => {
      const { from, below } = range.value;
      return {
        from: from > 0 ? `${from}` : undefined,
        below: below < EVERYTHING.below ? `${below}` : undefined,
      };
    },
    read: (texts) => {
      range.value = {
        from: Math.max(numberIn(texts.from) ?? 0, EVERYTHING.from),
        // A link without the number would leave out everything.
        below: numberIn(texts.below) || EVERYTHING.below,
      };
    },
  },
  {
    keys: ["within", "between"],
    write: () => {
      const { kind, groups } = relation.value ?? {};
      return kind ? { [kind]: `${groups}` } : {};
    },
    read: (texts) => {
      const kind =
        wholeNumberIn(texts.within) === undefined ? "between" : "within";
      const groups = wholeNumberIn(texts[kind]);
      relation.value = groups === undefined ? null : { kind, groups };
    },
  },
  text("only", only),
  {
    keys: ["rows", "columns", "box"],
    write: (of) => {
      const { rows, columns, box } = selection.value;
      if (box) return { box: boxToLabels(of, box).join(" ") };
      if (rows === columns) return rows ? { rows: of.ids[rows]! } : {};
      return { rows: of.ids[rows]!, columns: of.ids[columns]! };
    },
    readOn: (of, { rows, columns, box }) => {
      const node = (id: string): number => Math.max(0, of.ids.indexOf(id));
      if (rows !== undefined) select(node(rows), node(columns ?? rows));
      const corners = numbersFromText(box);
      const isBox = corners.length === 4 && corners.every(Number.isSafeInteger);
      const rectangle = isBox && boxFromLabels(of, corners);
      if (rectangle) selection.value = selectionOf(of, rectangle);
    },
  },
  {
    keys: ["sort"],
    write: () => {
      const { key, flipped } = sort.value;
      const isUsual = key === usualSort.value.key && !flipped;
      return isUsual ? {} : { sort: sortToText(sort.value) };
    },
    read: (texts) => {
      chosenSort.value = sortFromText(texts.sort, SORT_KEYS);
    },
  },
  {
    keys: ["parts"],
    write: () => (partSort.value ? { parts: sortToText(partSort.value) } : {}),
    read: (texts) => {
      partSort.value = sortFromText(texts.parts, PART_KEYS);
    },
  },
  word("list", "long", isLong, false),
  {
    keys: ["classes"],
    write: () =>
      classSort.value ? { classes: sortToText(classSort.value) } : {},
    read: (texts) => {
      classSort.value = sortFromText(texts.classes, CLASS_KEYS);
    },
  },
  whileTrue(listsClasses, text("scatter", classBox)),
  text("with", comparedRun),
  whileTrue(isWithOneEpoch, text("withOutput", comparedOutput)),
  whileTrue(isWithOneEpoch, {
    keys: ["withStep"],
    write: () => ({ withStep: comparedStep.value?.toString() }),
    read: (texts) => {
      comparedStep.value = placeOf(texts.withStep);
    },
  }),
  whileTrue(isWithOneEpoch, word("as", "side", isSideBySide, false)),
  whileTrue(isWithOneEpoch, word("changes", "beyond", hidesChance, false)),
  whileTrue(isWithManyEpochs, choice("many", epochCount, EPOCH_COUNTS, 8)),
  {
    keys: ["threshold"],
    write: () =>
      threshold.value === USUAL_THRESHOLD
        ? {}
        : { threshold: `${Math.round(100 * threshold.value)}` },
    read: (texts) =>
      setThreshold(
        (wholeNumberIn(texts.threshold) ?? 100 * USUAL_THRESHOLD) / 100,
      ),
  },
  word("curves", "one", showsComparisonCurves, true),
  choice("speed", speed, SPEEDS, USUAL_SPEED),
  {
    keys: ["view"],
    write: () => (tab.value === ERRORS ? {} : { view: tab.value }),
    read: (texts) => {
      tab.value = texts.view ?? ERRORS;
    },
  },
  text("samples", sampleChoices),
  text("entry", entry),
  text("layer", layer),
  text("promise", promise),
  {
    // Upper left place and span of what the matrix shows.
    keys: ["window"],
    write: () => {
      const { x, y, span } = settledWindow.value;
      const round = (place: number): number => Math.round(place * 100) / 100;
      return isZoomed.value
        ? { window: [x, y, span].map(round).join(" ") }
        : {};
    },
    readOn: (_, texts) => {
      const window = numbersFromText(texts.window);
      if (window.length !== 3 || !window.every(Number.isFinite)) return;
      const [x, y, span] = window as [number, number, number];
      setWindow(clamp({ x, y, span }));
    },
  },
];

/** What a link to this view says; null until there is something to link to. */
export const currentLink = computed<LinkTexts | null>(() => {
  const shown = tree.value;
  if (!shown || step.value === NO_EPOCH) return null;
  return merge(FIELDS.map((field) => field.write(shown)));
});

/** What it says of all that needs no tree. */
export function linkWithoutTree(): LinkTexts {
  return merge(FIELDS.map((field) => ("read" in field ? field.write() : {})));
}

function merge(all: readonly Texts[]): LinkTexts {
  const said = all.flatMap((texts) =>
    Object.entries(texts).flatMap(([key, said]): [string, string][] =>
      said === undefined ? [] : [[key, said]],
    ),
  );
  return Object.fromEntries(said);
}

/** Takes over all that needs no tree. */
export function restoreLink(texts: Texts): void {
  for (const field of FIELDS) if ("read" in field) field.read(texts);
}

/** Takes over the rest, once the tree has come. */
export function restoreLinkOn(of: Tree, texts: Texts): void {
  for (const field of FIELDS) if ("readOn" in field) field.readOn(of, texts);
}
