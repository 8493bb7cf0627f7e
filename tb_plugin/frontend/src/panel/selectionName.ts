/** What a selection is called. */

import { tellingId } from "../hierarchy/classNames.ts";
import { kindOf, type Selection, sizeInWords } from "../hierarchy/selection.ts";
import type { Tree } from "../hierarchy/tree.ts";
import { isolated } from "../ui/format.ts";

/** Its name, with an id where another node is called the same. */
export function selectionName(
  tree: Tree,
  selection: Selection,
): { name: string; id: string | null } {
  const { rows, columns, box } = selection;
  if (box) {
    return { name: `rectangle of ${sizeInWords(tree, box)} classes`, id: null };
  }
  const [row, column] = [rows, columns].map((node) =>
    isolated(tree.names[node]!),
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
