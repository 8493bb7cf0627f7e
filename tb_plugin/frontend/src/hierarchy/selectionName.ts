/** What a selection is called. */

import { isolated } from "../ui/format.ts";
import { fullName, tellingId } from "./classNames.ts";
import { boxSizeInWords, kindOf, type Selection } from "./selection.ts";
import type { Tree } from "./tree.ts";

/** Its name, with an id where another node is called the same. */
export function selectionName(
  tree: Tree,
  selection: Selection,
): { name: string; id: string | null } {
  const { rows, columns, box } = selection;
  if (box) {
    return {
      name: `rectangle of ${boxSizeInWords(tree, box)} classes`,
      id: null,
    };
  }
  const [row, column] = [rows, columns].map((node) =>
    isolated(fullName(tree, node)),
  ) as [string, string];
  switch (kindOf(selection)) {
    case "block":
      return { name: `${row} → ${column}`, id: null };
    case "row band":
      return { name: `${row} → anything`, id: null };
    case "column band":
      return { name: `anything → ${column}`, id: null };
    default:
      return { name: tree.names[rows]!, id: tellingId(tree, rows) };
  }
}
