/** What stands above each list, and where its evidence ends. */

import type { Quality } from "../../server/qualityAnswer.ts";
import { percent, whole } from "../../ui/format.ts";
import type { ListName } from "../data/entries.ts";

export const TITLES: Record<ListName, string> = {
  overlapping: "Overlapping classes",
  suspect: "Suspect labels",
  two_objects: "Suspect labels",
  diverse: "Really two classes",
};

/** What a weak network takes its own errors for. */
const FAULTS: Record<ListName, string> = {
  overlapping: "classes that overlap",
  suspect: "wrong labels",
  two_objects: "two objects",
  diverse: "classes that are two",
};

export function totalsOf(
  found: Quality,
  list: ListName,
): { total: number; listed: number } {
  const empty = { total: 0, listed: 0 };
  if (list === "suspect") return found.suspects ?? empty;
  if (list === "two_objects") {
    return { ...empty, total: found.suspects?.two_objects.total ?? 0 };
  }
  return found[list];
}

/** Of samples another epoch may be the last; where there are none, `why` says so. */
function judgeOf(
  found: Quality,
  list: ListName,
): Pick<Quality, "accuracy" | "is_weak"> {
  const isOfLabels = list === "suspect" || list === "two_objects";
  return (isOfLabels && found.suspects) || found;
}

const ORDER =
  "In order of P(wrong) and of how often others cross between the two classes";

function isUnknown({ suspects }: Quality, list: ListName): boolean {
  return list === "suspect" && suspects?.known === false;
}

/**
 * What the list means, and how far it can be trusted: in the words that fit a
 * narrow list, and whole.
 */
export function meaningOf(
  found: Quality,
  list: ListName,
): { brief: string; whole: string } {
  const said = (brief: string, whole = brief) => ({ brief, whole });
  const { accuracy, is_weak } = judgeOf(found, list);
  const right = `network ${percent(accuracy ?? Number.NaN)} right`;
  if (isUnknown(found, list))
    return said("an order only: probabilities were not logged");
  if (is_weak) {
    const cannot = `${right}: it cannot tell`;
    return said(cannot, `${cannot} ${FAULTS[list]} from its own errors`);
  }
  const { listed } = totalsOf(found, list);
  switch (list) {
    case "overlapping": {
      const few = whole(found.overlapping.hardly_told_apart);
      return said(
        listed
          ? `more than siblings; ${few} hardly told apart`
          : "none shown to cross more than siblings",
        `${whole(listed)} are shown to cross more than their siblings. Of ` +
          `these ${few} are nearer to guessing than to always right: likely ` +
          "one class",
      );
    }
    case "two_objects":
      return said(
        "a hint: both classes are plausible",
        "label and a class far from it, both plausible: a hint",
      );
    case "diverse":
      return said(
        listed ? "errors in two groups beyond chance" : "none shown to be two",
        `${whole(listed)} are shown to err into two groups more than their siblings`,
      );
    default: {
      if (!listed) {
        const none = `none is shown to be likelier wrong than right; ${right}. ${ORDER}`;
        return said(`none shown wrong; ${right}`, none);
      }
      const about = `about ${percent(found.suspects?.expected_precision ?? Number.NaN, 0)}`;
      return said(
        `${about} wrong; ${right}`,
        `${about} of those listed are wrong if mistakes fall on any sample, not on hard ones; ${right}. ${ORDER}`,
      );
    }
  }
}

/** The label of the rule before what is too weak to be listed; null if none is. */
export function ruleOf(found: Quality, list: ListName): string | null {
  const { total, listed } = totalsOf(found, list);
  const weaker = total - listed;
  // Of two objects there is no figure of evidence at all.
  if (weaker <= 0 || list === "two_objects") return null;
  const count = whole(weaker);
  if (judgeOf(found, list).is_weak || isUnknown(found, list))
    return `${count} in order only`;
  return list === "suspect"
    ? `${count} likelier the network’s errors`
    : `${count} too weak to list`;
}

/** Under the last entry: those that did not come. */
export function restOf(
  found: Quality,
  list: ListName,
  came: number,
): string | null {
  const { total } = totalsOf(found, list);
  return total > came && came > 0
    ? `${whole(total - came)} more, ${list === "two_objects" ? "less even" : "weaker"}`
    : null;
}
