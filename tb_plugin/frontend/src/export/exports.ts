/** What can be taken out of the page. An export is a name and what it does. */

import type { Epoch } from "../confusion/cells.ts";
import { fullName } from "../hierarchy/classNames.ts";
import { type Cut, type Groups, isAsymmetric } from "../hierarchy/groups.ts";
import type { Tree } from "../hierarchy/tree.ts";
import * as listedClasses from "../panel/classes/listedClasses.ts";
import {
  listed,
  listedTests,
  pairs,
  wantedTests,
} from "../panel/listedPairs.ts";
import { found, moveRows, moves } from "../panel/misplaced/moves.ts";
import { loadedTests } from "../panel/surprise/loadedTests.ts";
import * as view from "../state/all.ts";
import { isShared, overlap } from "../state/comparison/comparedEpoch.ts";
import { classSort } from "../state/confusionListSort.ts";
import { counted } from "../state/filters.ts";
import { addressOf } from "../state/link/address.ts";
import { currentLink } from "../state/link.ts";
import { meanOf } from "../state/seeds/meanEpoch.ts";
import { copyText } from "./clipboard.ts";
import { classRows, pairRows, scoreRows, toCsv } from "./csv.ts";
import { download, nameOfShown, namesOf } from "./saveFile.ts";
import { hasPicture, takePicture } from "./viewAsPicture.ts";

/** What is said of a tree as a whole, and of each of its nodes. */
const OF_TREE = [
  "level_names",
  "origin",
  "origin_samples",
  "origin_errors",
  "inside",
  "inside_held_out",
  "inside_chance",
] as const;
const OF_NODES = ["support", "support_chance"] as const;

/**
 * The tree in the order shown, and the ids of the groups as `cut`.
 *
 * Folded-apart columns have `cut_columns`. What was logged of the tree’s origin stays,
 * so that a computed tree never judges the errors it came from.
 */
export function cutToJson(tree: Tree, cut: Cut): string {
  const ids = ({ nodes }: Groups): string[] =>
    [...nodes].map((node) => tree.ids[node]!);
  const labels = new Int32Array(tree.ids.length).fill(-1);
  tree.leaves.forEach((node, position) => {
    labels[node] = tree.order[position]!;
  });
  const { json, logged } = tree;
  const more: Record<string, unknown> = {};
  for (const field of OF_TREE) more[field] = json[field];
  for (const field of OF_NODES) {
    const values = json[field];
    more[field] = values && [...logged].map((node) => values[node]);
  }
  return JSON.stringify({
    format: "keras-hier/hierarchy",
    version: 1,
    parents: [...tree.parent],
    ids: tree.ids,
    names: [...logged].map((node) => json.names[node]),
    labels: [...labels],
    ...more,
    cut: ids(cut),
    ...(isAsymmetric(cut) ? { cut_columns: ids(cut.columns) } : {}),
  });
}

export interface Export {
  /** Whether there is any in the view that is open. */
  isOffered?: () => boolean;
  id: string;
  readonly what: string;
  as: string;
  /** @param caption phrases about what is shown */
  make: (caption: string[]) => void | Promise<void>;
}

/**
 * Of several runs, whether counts are of all or of a run; of which classes.
 *
 * Two files of one view may differ in the first: the name says it.
 */
function kindOfCounts({ sums }: Epoch): string[] {
  const { runs = 1 } = sums;
  const isSet = view.runInfo.value?.members !== undefined;
  return [
    ...(isSet ? [runs > 1 ? "sum" : "mean"] : []),
    ...(overlap.value ? ["shared"] : []),
  ];
}

/** The group whose classes are listed; none where it is all of them. */
function namesOfListed(tree: Tree): string[] {
  const group = listedClasses.listedGroup.value;
  return group > 0 ? [fullName(tree, group)] : [];
}

function save(
  rows: Iterable<(string | number)[]>,
  what: readonly string[],
): void {
  // Spreadsheets take a file for UTF-8 only with this mark.
  const content = new Blob(["\ufeff", toCsv(rows)], { type: "text/csv" });
  download(nameOfShown(what, "csv"), content);
}

export const EXPORTS: readonly Export[] = [
  {
    id: "png",
    what: "This view",
    as: "PNG",
    isOffered: hasPicture,
    make: async (caption) => {
      const picture = await takePicture(caption);
      const what = namesOf(view.selection.value);
      download(nameOfShown(what, "png"), picture);
    },
  },
  {
    id: "confusions",
    what: "Confusions of the selection",
    as: "CSV",
    make: () => {
      const [tree, epoch] = [view.tree.value, view.epoch.value];
      if (!tree || !epoch || !pairs.value) return;
      if (wantedTests.value && !listedTests.value) {
        throw new Error(
          loadedTests.value?.error ?? "The pairs are still being tested.",
        );
      }
      save(pairRows(tree, counted(epoch), pairs.value), [
        // Of what is listed: it stays while one goes through its pairs.
        ...namesOf(listed.value),
        "confusions",
        ...kindOfCounts(epoch),
      ]);
    },
  },
  {
    id: "scores",
    what: "Scores in the selection",
    as: "CSV",
    make: () => {
      const [tree, epoch] = [view.tree.value, view.epoch.value];
      if (!tree || !epoch) return;
      const { value: selection } = view.selection;
      save(
        scoreRows(tree, epoch.sums, selection, (node) => isShared(tree, node)),
        [...namesOf(selection), "scores", ...kindOfCounts(epoch)],
      );
    },
  },
  {
    id: "classes",
    // What the panel lists of them is what is saved.
    get what() {
      const { leavesOut, listedGroup } = listedClasses;
      const isPart = classSort.value?.key === "misplaced" || leavesOut.value;
      const of = listedGroup.value;
      const where = of > 0 ? ` of ${view.tree.value!.names[of]}` : "";
      return `${isPart ? "Listed" : "All"} classes${where}`;
    },
    as: "CSV",
    make: () => {
      const [tree, epoch] = [view.tree.value, view.epoch.value];
      const { scores, order, changes } = listedClasses;
      if (!tree || !epoch || !scores.value) return;
      const names = namesOfListed(tree);
      if (classSort.value?.key === "misplaced") {
        if (!moves.value) {
          throw new Error(
            found.value?.error ??
              "The tree is still being compared with the errors.",
          );
        }
        save(moveRows(tree, moves.value), [...names, "misplaced"]);
        return;
      }
      // As the table: of several runs the mean, and not their sum.
      const mean = meanOf(epoch);
      const { nodes } = scores.value;
      const known = order.value.filter((at) => isShared(tree, nodes[at]!));
      save(classRows(tree, mean.sums, scores.value, known, changes.value), [
        ...names,
        "classes",
        ...kindOfCounts(mean),
      ]);
    },
  },
  {
    id: "cut",
    what: "Tree and groups of this cut",
    as: "JSON",
    make: () => {
      const [tree, cut] = [view.tree.value, view.cut.value];
      if (!tree || !cut) return;
      const json = cutToJson(tree, cut);
      const size = isAsymmetric(cut) ? `x${cut.columns.nodes.length}` : "";
      const what = `cut${cut.nodes.length}${size}`;
      download(nameOfShown([what], "json"), new Blob([json]));
    },
  },
  {
    id: "link",
    what: "Link to this view",
    as: "copy",
    make: async () => {
      if (currentLink.value) await copyText(addressOf(currentLink.value));
    },
  },
];
