/** What the caption says where samples, tree or output are not as usual. */

import { effect } from "@preact/signals";
import { coarseInWords } from "../../confusion/coarseLabels.ts";
import type { HierarchyJson, Tree } from "../../hierarchy/tree.ts";
import { isWeak } from "../../hierarchy/weakGroups.ts";
import type { EpochInfo } from "../../server/answers.ts";
import { otherEpoch } from "../../state/comparison/comparedEpoch.ts";
import { levelIndex } from "../../state/levels.ts";
import { output, tree } from "../../state/page.ts";
import { percent, plural, whole } from "../../ui/format.ts";
import { type Part, PRIORITY } from "../../ui/textFitting.ts";

export function notes({ computed, levels }: Tree, info?: EpochInfo): Part[] {
  const shown = levels[levelIndex.value]?.groups;
  return [
    // A comparison says it of both, by their names.
    ...(otherEpoch.value ? [] : coarseInWords(info, shown)),
    ...(computed ? originInWords(computed, info) : []),
    ...probeInWords(output.value),
  ];
}

/** What a probe shows that learned beside the network, epoch by epoch. */
export function probeInWords(name: string): Part[] {
  return /_probe\d+$/.test(name)
    ? [
        [
          "trained along: part of what it gains is its own learning",
          PRIORITY.essential,
        ],
      ]
    : [];
}

/** What a tree was computed from, and what is left of it in other errors. */
export function originInWords(json: HierarchyJson, info?: EpochInfo): Part[] {
  const { origin, origin_errors: errors = 0, levels } = json;
  const from =
    origin === "means"
      ? "class means"
      : info && info.total! - info.correct! !== errors
        ? plural(errors, "error", "errors")
        : plural(errors, "of these errors", "of these errors");
  const said: Part[] = [[`tree computed from ${from}`, PRIORITY.subject]];
  const [held] = json.inside_held_out ?? [];
  const [chance] = json.inside_chance ?? [];
  if (held !== undefined && chance !== undefined) {
    said.push([
      `${percent(held)} of errors it has not seen are inside its ` +
        `${whole(levels[0]!.groups)} groups, ${percent(chance)} by chance`,
      PRIORITY.detail,
    ]);
  }
  return said;
}

/** More names than these are never on screen. */
const MOST_NAMES = 2000;

// Names of nodes carry their number: so those that draw them, which most trees
// need without this, know nothing of it.
const sheet = document.createElement("style");
document.head.append(sheet);
effect(() => {
  const of = tree.value;
  const names = [...(of?.names.keys() ?? [])]
    .filter((node) => isWeak(of!, node))
    .slice(0, MOST_NAMES)
    .map((node) => `.labels [data-node="${node}"] text`);
  sheet.textContent = names.length
    ? `${names.join()}{fill:var(--muted);font-style:italic}`
    : "";
});
