/** What can be taken out of the page. An export is a name and what it does. */

import { fullName } from "../hierarchy/classNames.ts";
import { isAsymmetric } from "../hierarchy/groups.ts";
import { kindOf } from "../hierarchy/selection.ts";
import * as listedClasses from "../panel/classes/listedClasses.ts";
import { pairs } from "../panel/listedPairs.ts";
import { moveRows, moves } from "../panel/misplaced/moves.ts";
import { classSort } from "../state/confusionListSort.ts";
import { counted } from "../state/filters.ts";
import { addressOf } from "../state/link/address.ts";
import { currentLink } from "../state/link.ts";
import { meanOf } from "../state/seeds/meanEpoch.ts";
import * as view from "../state/view.ts";
import { copyText } from "./clipboard.ts";
import { classRows, pairRows, scoreRows, toCsv } from "./csv.ts";
import { cutToJson } from "./cutToJson.ts";
import { download, nameOfShown } from "./saveFile.ts";
import { hasPicture, takePicture } from "./viewAsPicture.ts";

export interface Export {
  /** Whether there is any in the view that is open. */
  isOffered?: () => boolean;
  id: string;
  readonly what: string;
  as: string;
  /** @param caption phrases about what is shown */
  make: (caption: string[]) => void | Promise<void>;
}

/** What the selection is called in the name of a file. */
function namesOfSelection(): string[] {
  const tree = view.tree.value!;
  const { rows, columns } = view.selection.value;
  const [row, column] = [fullName(tree, rows), fullName(tree, columns)];
  switch (kindOf(view.selection.value)) {
    case "all":
      return [];
    case "group":
      return [row];
    case "rectangle":
      return ["rectangle"];
    default:
      return [row, "as", column];
  }
}

function save(rows: Iterable<(string | number)[]>, what: string): void {
  // Spreadsheets take a file for UTF-8 only with this mark.
  const content = new Blob(["\ufeff", toCsv(rows)], { type: "text/csv" });
  download(nameOfShown([...namesOfSelection(), what], "csv"), content);
}

export const EXPORTS: readonly Export[] = [
  {
    id: "png",
    what: "This view",
    as: "PNG",
    isOffered: hasPicture,
    make: async (caption) => {
      const picture = await takePicture(caption);
      download(nameOfShown(namesOfSelection(), "png"), picture);
    },
  },
  {
    id: "confusions",
    what: "Confusions of the selection",
    as: "CSV",
    make: () => {
      const [tree, epoch] = [view.tree.value, view.epoch.value];
      if (!tree || !epoch || !pairs.value) return;
      save(pairRows(tree, counted(epoch), pairs.value), "confusions");
    },
  },
  {
    id: "scores",
    what: "Scores in the selection",
    as: "CSV",
    make: () => {
      const [tree, epoch] = [view.tree.value, view.epoch.value];
      if (!tree || !epoch) return;
      save(scoreRows(tree, epoch.sums, view.selection.value), "scores");
    },
  },
  {
    id: "classes",
    // What the panel lists of them is what is saved.
    get what() {
      const { leavesOut } = listedClasses;
      return classSort.value?.key === "misplaced" || leavesOut.value
        ? "Listed classes of the selection"
        : "All classes of the selection";
    },
    as: "CSV",
    make: () => {
      const [tree, epoch] = [view.tree.value, view.epoch.value];
      const { scores, order, changes } = listedClasses;
      if (!tree || !epoch || !scores.value) return;
      if (classSort.value?.key === "misplaced") {
        save(moveRows(tree, moves.value ?? []), "misplaced");
        return;
      }
      // As the scores: of several runs the mean, and not their sum.
      const { sums } = meanOf(epoch);
      save(
        classRows(tree, sums, scores.value, order.value, changes.value),
        "classes",
      );
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
