/** The lines of the timeline: right answers by level, and the selection's. */

import { chanceBehind } from "../confusion/agreement.ts";
import { type Interval, wilsonInterval } from "../confusion/interval.ts";
import type { CurvePoint, EpochInfo } from "../server/answers.ts";
import { treeKey } from "../state/page.ts";
import { counted, plural } from "../ui/format.ts";

export interface Curve {
  name: string;
  /** With what the name ends that is never cut. */
  end: string;
  kind: "level" | "recall" | "precision";
  level?: number;
  /** Of levels: 0 for the coarsest, 1 for the finest. */
  fineness: number;
  /** Whether it is that of the level on screen. */
  isChosen?: boolean;
  points: CurveAt[];
}

export interface CurveAt {
  step: number;
  share: number;
  /** Between what the share lies, where it is known of how many samples. */
  within?: Interval;
  chance?: number | undefined;
  /** Which tree it is of, where that is not the last epoch's. */
  tree?: string;
  /** Whether there is an epoch without a value before it. */
  isAfterGap?: boolean;
}

/** Marks what comes after an epoch without a value: no line leads across. */
export function gapMarker(): (found: CurveAt | null) => void {
  let [isBegun, isGap] = [false, false];
  return (found) => {
    if (found && isGap && isBegun) found.isAfterGap = true;
    isGap = !found;
    isBegun ||= !!found;
  };
}

export function curvesOf(
  points: readonly CurvePoint[],
  levels: readonly { groups: number; name?: string }[],
  nodes: readonly number[],
  chosen: { node: number; name: string } | null,
  leaves: "classes" | "groups",
  level = -1,
): Curve[] {
  const pick = (
    get: (point: CurvePoint) => number | null | undefined,
    of?: (point: CurvePoint) => number | undefined,
    spread?: (point: CurvePoint) => number | null | undefined,
    kappa?: (point: CurvePoint) => number | null | undefined,
  ): CurveAt[] => {
    const markGap = gapMarker();
    return points.flatMap((point) => {
      const share = point.error === undefined ? get(point) : undefined;
      if (share === null) markGap(null);
      if (typeof share !== "number") return [];
      const at: CurveAt = { step: point.step, share };
      markGap(at);
      const beyond = kappa?.(point);
      if (typeof beyond === "number") at.chance = chanceBehind(share, beyond);
      if (point.hierarchy) at.tree = treeKey(point);
      if (point.runs)
        return [{ ...at, ...withinSpread(share, spread?.(point)) }];
      const samples = of?.(point);
      if (samples === undefined) return [at];
      const within = wilsonInterval(Math.round(share * samples), samples);
      return [{ ...at, within }];
    });
  };
  const last = levels.length - 1;
  const ofLevels = spacedLevels(levels.length, level).map((index): Curve => {
    const { groups, name } = levels[index]!;
    const usual = index === last ? leaves : index === 0 ? "groups" : "";
    return {
      name: name
        ? counted(name, groups)
        : plural(groups, "class", usual).trimEnd(),
      end: name ? counted("", groups) : "",
      kind: "level",
      level: index,
      fineness: last > 0 ? index / last : 0,
      isChosen: index === level,
      points: pick(
        ({ accuracy }) => accuracy?.[index],
        undefined,
        ({ spread }) => spread?.[index],
        ({ kappa }) => kappa?.[index],
      ),
    };
  });
  const at = chosen ? nodes.indexOf(chosen.node) : -1;
  if (!chosen || at < 0) return ofLevels;
  const ofChosen = (["recall", "precision"] as const).map(
    (kind): Curve => ({
      name: `${chosen.name} ${kind}`,
      end: ` ${kind}`,
      kind,
      fineness: 0,
      points: pick(
        ({ nodes: values }) => values?.[at]?.[kind],
        ({ nodes: values }) =>
          values?.[at]?.[kind === "recall" ? "actual" : "predicted"],
        ({ nodes: values }) => values?.[at]?.spread?.[kind],
      ),
    }),
  );
  return [...ofLevels, ...ofChosen];
}

/** One standard deviation between runs to either side. */
export function withinSpread(
  share: number,
  spread: number | null | undefined,
): { within?: Interval } {
  if (typeof spread !== "number") return {};
  const [low, high] = [share - spread, share + spread];
  return { within: { low: Math.max(low, 0), high: Math.min(high, 1) } };
}

/** What of a curve lies between two epochs. */
export function within(curve: Curve, first: number, last: number): Curve {
  const points = curve.points.filter(
    ({ step }) => step >= first && step <= last,
  );
  return { ...curve, points };
}

/**
 * Few levels: the coarsest, and every other up to the finest.
 *
 * @param chosen one that is not left out
 */
export function spacedLevels(count: number, chosen = -1): number[] {
  const all = [...new Array(count).keys()];
  if (count <= 4) return all;
  return all.filter(
    (index) => index === 0 || index === chosen || (count - 1 - index) % 2 === 0,
  );
}

/** Whether an epoch cannot be read, or has another tree than the first. */
export function isMarked(
  info: EpochInfo,
  _: number,
  [first]: readonly EpochInfo[],
): boolean {
  return info.error !== undefined || treeKey(info) !== treeKey(first!);
}

/** Round numbers for an axis over steps. */
export function stepTicks(first: number, last: number, most: number): number[] {
  const range = Math.max(last - first, 1);
  const unit =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find(
      (each) => range / each <= most,
    ) ?? range;
  const ticks = [first];
  const start = Math.ceil((first + 1) / unit) * unit;
  for (let at = start; at < last; at += unit) {
    if (at - first >= unit / 2 && last - at >= unit / 2) ticks.push(at);
  }
  if (last > first) ticks.push(last);
  return ticks;
}
