/** What the filters on samples say, and which of them cannot be applied. */

import {
  comparisonNames,
  inOrderOfChange,
  isComparing,
} from "../../state/comparison/comparedEpoch.ts";
import { earlierProblem, otherProblem, shown } from "../data/loadSamples.ts";
import * as choices from "./choices.ts";
import { BEYOND, type Change } from "./sampleFilters.ts";
import {
  earlierFacts,
  otherEpochOfSamples,
  otherFacts,
  otherSamples,
} from "./shownSamples.ts";

export function rankName(rank: number): string {
  const last = BEYOND - 1;
  const top = shown.value?.record.header.top ?? last;
  if (rank > last) return `beyond ${Math.min(top, last)}`;
  return ["", "1st", "2nd", "3rd", "4th", "5th"][rank] ?? String(rank);
}

function betweenRuns(change: Change): string {
  const { other: there, to } = comparisonNames.value;
  const [fixed] = inOrderOfChange<Change>("lost", "won");
  return {
    lost: `${fixed === "lost" ? "fixed" : "broken"} by ${to}`,
    won: `${fixed === "won" ? "fixed" : "broken"} by ${to}`,
    "wrong in both": "wrong in both",
    "other answer": `another answer of ${there}`,
  }[change];
}

function sinceThen(change: Change): string {
  const what: Partial<Record<Change, string>> = {
    won: "learned",
    lost: "forgotten",
  };
  return `${what[change] ?? change} since epoch ${choices.since.value}`;
}

/** What passes the filters, in words. */
export function filtersInWords(): string {
  const said: string[] = [];
  const { low, high, ranks } = choices;
  if (low.value > 0 || high.value < 1) {
    said.push(
      `probability ${low.value.toFixed(2)} to ${high.value.toFixed(2)}`,
    );
  }
  if (ranks.value) {
    const ranked = [...ranks.value].sort().map(rankName);
    said.push(`actual class ${ranked.join(", ")}`);
  }
  const [runs, then] = [choices.betweenRuns.value, choices.sinceThen.value];
  if (runs && otherFacts.value) said.push(betweenRuns(runs));
  if (then && earlierFacts.value) said.push(sinceThen(then));
  return said.join(", ");
}

/** Why samples of the compared run tell nothing; null while that is open. */
export function whyNoOther(): string | null {
  if (otherProblem.value) return otherProblem.value;
  const step = otherEpochOfSamples.value;
  if (step !== null) return `the other samples are of epoch ${step}`;
  return otherSamples.value && !otherFacts.value
    ? "they are other samples"
    : null;
}

/** Filters that were chosen and have nothing to look at, with the reason. */
export function notApplied(): string[] {
  const said: string[] = [];
  const [runs, then] = [choices.betweenRuns.value, choices.sinceThen.value];
  const why = whyNoOther();
  if (runs && isComparing.value && why) {
    said.push(`${betweenRuns(runs)} (${why})`);
  }
  if (then && earlierProblem.value) {
    said.push(`${sinceThen(then)} (${earlierProblem.value})`);
  }
  return said;
}
