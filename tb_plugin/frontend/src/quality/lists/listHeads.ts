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

/** In the words that fit a narrow list, and whole where that is more. */
const MEANS: Record<ListName, [brief: string, whole?: string]> = {
  overlapping: ["crossed far more often than their siblings"],
  suspect: ["the label is likelier wrong than right"],
  two_objects: [
    "a hint: both classes are plausible",
    "label and a class far from it, both plausible: a hint",
  ],
  diverse: [
    "more errors than expected in two groups",
    "errors fall into two groups, both more than expected",
  ],
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

/**
 * What the list means, and how far it can be trusted: in the words that fit a
 * narrow list, and whole.
 */
export function meaningOf(
  found: Quality,
  list: ListName,
): { brief: string; whole: string } {
  const said = (brief: string, whole = brief) => ({ brief, whole });
  const { suspects } = found;
  if (list !== "suspect" || !suspects) return said(...MEANS[list]);
  if (!suspects.known)
    return said("an order only: probabilities were not logged");
  const right = `network ${percent(suspects.accuracy ?? Number.NaN)} right`;
  if (suspects.is_weak) {
    const cannot = `${right}: it cannot tell`;
    return said(cannot, `${cannot} wrong labels from its own errors`);
  }
  if (!suspects.listed) {
    const none = `none is likelier wrong than right; ${right}`;
    return said(`none likelier wrong; ${right}`, none);
  }
  const about = `about ${percent(suspects.expected_precision ?? Number.NaN, 0)}`;
  return said(
    `${about} wrong; ${right}`,
    `${about} of those listed are wrong if mistakes fall on any sample, not on hard ones; ${right}`,
  );
}

/** The label of the rule before what is no evidence; null if all is. */
export function ruleOf(found: Quality, list: ListName): string | null {
  const { total, listed } = totalsOf(found, list);
  const weaker = total - listed;
  // Of two objects there is no figure of evidence at all.
  if (weaker <= 0 || list === "two_objects") return null;
  const count = whole(weaker);
  if (list !== "suspect") return `${count} weaker, no evidence`;
  if (!found.suspects?.known) return `${count} in order, no evidence`;
  return `${count} likelier the network’s errors`;
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
