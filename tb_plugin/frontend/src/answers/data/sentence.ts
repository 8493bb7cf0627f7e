/** What a promise comes to, in words. */

import type { AnswersAnswer, Worth } from "../../server/answersAnswer.ts";
import { percent, plural, whole } from "../../ui/format.ts";

/** What the curve says of one of its promises. */
export interface Promised {
  promise: number;
  needed: number;
  tree: Worth<number | null>;
  refusing: Worth<number | null>;
}

function at(worth: Worth<(number | null)[]>, k: number): Worth<number | null> {
  return {
    threshold: worth.threshold[k]!,
    accuracy: worth.accuracy[k]!,
    low: worth.low[k]!,
    high: worth.high[k]!,
    coverage: worth.coverage[k]!,
    classes: worth.classes[k]!,
    groups: worth.groups[k]!,
    nothing: worth.nothing[k]!,
  };
}

/** The promise of the curve that is nearest. */
export function nearest({ curve }: AnswersAnswer, promise: number): number {
  let found = 0;
  curve.promise.forEach((each, k) => {
    const gain =
      Math.abs(curve.promise[found]! - promise) - Math.abs(each - promise);
    if (gain > 1e-9) found = k;
  });
  return found;
}

export function atPromise(of: AnswersAnswer, promise: number): Promised {
  const k = nearest(of, promise);
  const { curve } = of;
  return {
    promise: curve.promise[k]!,
    needed: curve.needed[k]!,
    tree: at(curve.tree, k),
    refusing: at(curve.refusing, k),
  };
}

const share = (value: number | null, digits = 0): string =>
  percent(value ?? Number.NaN, digits);

/** Shares in whole percents that add up to 100. */
function whole100(shares: readonly (number | null)[]): number[] {
  let [sum, before] = [0, 0];
  return shares.map((each) => {
    sum += each ?? 0;
    const upTo = Math.round(100 * sum);
    const own = upTo - before;
    before = upTo;
    return own / 100;
  });
}

/** How the samples are answered, or what it takes. */
export function sentence(of: Promised, calibrating: number): string {
  const { promise, needed, tree } = of;
  if (tree.threshold === null) {
    return (
      `To promise ${share(promise)} takes ${plural(needed, "calibrating sample", "calibrating samples")}` +
      `, and there are ${whole(calibrating)}: log more samples, or promise less.`
    );
  }
  const { classes, groups, nothing } = tree;
  const [first, second, third] = whole100([classes, groups, nothing]);
  return (
    `To be right in ${share(promise)}, it names the class in ` +
    `${share(first!)} of samples, a group in ${share(second!)}, nothing in ` +
    `${share(third!)}.`
  );
}

/** How that was measured, without silence as well, and what refusing is worth. */
export function measuredSentence(of: Promised, measured: number): string {
  const { tree, refusing } = of;
  const { low, high } = tree;
  const [right, silent] = [tree.accuracy ?? 0, tree.nothing ?? 0];
  const spoken =
    silent < 1
      ? `, saying nothing included. It answers ${share(1 - silent)}, and ` +
        `${share((right - silent) / (1 - silent), 1)} of these are right`
      : "";
  const range = `${share(low, 1)} to ${share(high, 1)}`;
  return (
    `Measured on ${plural(measured, "other sample", "other samples")}: right in ` +
    `${share(tree.accuracy, 1)} (95 % interval ${range})${spoken}. Without ` +
    `groups it names the class in ${share(refusing.classes)}, ` +
    `nothing in ${share(refusing.nothing)}.`
  );
}
