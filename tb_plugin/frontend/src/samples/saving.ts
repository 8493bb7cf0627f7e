/** What takes samples away from the page: it comes when it is first used. */

import { toCsv } from "../csv.ts";
import { download, nameOfShown } from "../download.ts";
import type { Tree } from "../tree.ts";
import { sampleRows } from "./csvrows.ts";
import type { Facts } from "./facts.ts";
import type { Loaded } from "./loading.ts";

export { copyText } from "../clipboard.ts";

export function saveCsv(
  tree: Tree,
  loaded: Loaded,
  facts: Facts,
  list: Uint32Array,
): void {
  const text = toCsv(sampleRows(tree, loaded, facts, list));
  const type = "text/csv;charset=utf-8";
  download(nameOfShown(["samples"], "csv"), new Blob([text], { type }));
}
