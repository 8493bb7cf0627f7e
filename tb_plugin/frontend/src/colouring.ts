/** Says in words how cells are coloured, and which classes are missing. */

import { ABSENCES, type Absence } from "./absences.ts";
import { curve } from "./filtering.ts";
import { plural } from "./format.ts";
import { lacking } from "./others.ts";
import { contains, hasClasses } from "./tree.ts";
import * as view from "./view.ts";

/** How cells are coloured, where that is not by count and logarithm. */
export function colouring(): string[] {
  const said = {
    count: [],
    share: ["% of each row"],
    column: ["% of each column"],
    excess: ["times what row and column would give"],
  }[view.value.value];
  const { value } = curve;
  if (value === "log") return said;
  return [...said, value === "sqrt" ? "square-root colours" : "linear colours"];
}

/** Classes that are missing on an axis, of those that are zoomed to. */
export function absent(): string[] {
  const [tree, found] = [view.tree.value, lacking.value];
  if (!tree || !found) return [];
  const nouns = hasClasses(tree) ? CLASSES : GROUPS;
  return ABSENCES.flatMap((absence: Absence) => {
    const { length: count } = found[absence].filter((leaf) =>
      contains(tree, view.focus.value, leaf),
    );
    if (!count) return [];
    return [`${plural(count, ...nouns)} ${verb(absence)}`];
  });
}

const CLASSES: [string, string] = ["class", "classes"];
const GROUPS: [string, string] = ["group", "groups"];

function verb(absence: Absence): string {
  return absence === "no samples" ? "without samples" : absence;
}
