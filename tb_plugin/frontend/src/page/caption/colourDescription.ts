/** Says in words how cells are coloured, and which classes are missing. */

import {
  type Absence,
  absenceInWords,
  MISSING_KINDS,
} from "../../confusion/missingClasses.ts";
import { leavesInWords } from "../../hierarchy/classNames.ts";
import { contains } from "../../hierarchy/tree.ts";
import { colourTransfer } from "../../state/filters.ts";
import { missingClasses } from "../../state/remainder.ts";
import * as view from "../../state/view.ts";

/** How cells are coloured, where that is not by count and logarithm. */
export function colouring(): string[] {
  const said = {
    count: [],
    share: ["% of each row"],
    column: ["% of each column"],
    excess: ["times expected by chance"],
  }[view.cellValue.value];
  const { value } = colourTransfer;
  if (value === "log") return said;
  return [...said, value === "sqrt" ? "square-root colours" : "linear colours"];
}

/** Classes that are missing on an axis, of those that are zoomed to. */
export function absent(): string[] {
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
