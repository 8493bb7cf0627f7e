/** What takes samples away from the page: it comes when it is first used. */

import { toCsv } from "../../export/csv.ts";
import { download, nameOfShown, namesOf } from "../../export/saveFile.ts";
import type { Tree } from "../../hierarchy/tree.ts";
import * as view from "../../state/view.ts";
import type { Loaded } from "../data/loadSamples.ts";
import type { Facts } from "../data/sampleFacts.ts";
import { sampleRows } from "./sampleRows.ts";

export { asLines, copyText } from "../../export/clipboard.ts";

export function saveCsv(
  tree: Tree,
  loaded: Loaded,
  facts: Facts,
  list: Uint32Array,
): void {
  const text = toCsv(sampleRows(tree, loaded, facts, list));
  const type = "text/csv;charset=utf-8";
  // Of an epoch without samples the nearest one's are shown.
  const what = [...namesOf(view.selection.value), "samples"];
  const name = nameOfShown(what, "csv", loaded.step);
  // Spreadsheets take a file for UTF-8 only with this mark.
  download(name, new Blob(["\ufeff", text], { type }));
}
