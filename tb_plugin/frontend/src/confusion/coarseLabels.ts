/** What is said of samples that are known as a group only. */

import type { EpochInfo } from "../server/answers.ts";
import { plural, whole } from "../ui/format.ts";
import { type Part, PRIORITY } from "../ui/textFitting.ts";

function inNoCell(samples: number): string {
  const are = plural(
    samples,
    "sample with a coarse label is",
    "samples with coarse labels are",
  );
  return `${are} in no cell`;
}

/** How many samples stand in no cell, and how many of them are right. */
export function coarseInWords(
  info: EpochInfo | undefined,
  shown?: number,
): Part[] {
  return info?.coarse
    ? [
        [inNoCell(info.coarse), PRIORITY.essential],
        ...levelsInWords(info, shown),
      ]
    : [];
}

/** How many stand in no cell of any of these epochs, of one or of all. */
export function mostInNoCell(infos: readonly EpochInfo[]): Part[] {
  const counts = infos.map(({ coarse = 0 }) => coarse);
  const most = Math.max(0, ...counts);
  const isOfAll = counts.every((count) => count === most);
  return most
    ? [[(isOfAll ? "" : "up to ") + inNoCell(most), PRIORITY.essential]]
    : [];
}

/** The level on screen or the finest coarser one first, then all others. */
export function levelsInWords(
  { coarse_levels = [], coarse_largest = [] }: EpochInfo,
  shown = Number.POSITIVE_INFINITY,
): Part[] {
  const judging = coarse_levels
    .map((level, i) => [...level, coarse_largest[i]] as const)
    .filter(([, judged]) => judged > 0);
  const level =
    judging.findLast(([groups]) => groups <= shown) ?? judging.at(-1);
  if (!level) return [];
  const [groups, judged, right, most] = level;
  const chance =
    most === undefined ? "" : `, ${whole(most)} by naming the largest`;
  const are = right === 1 ? "is" : "are";
  const said: Part[] = [
    [
      `${whole(right)} of the ${whole(judged)} known at ${whole(groups)} groups ` +
        `${are} in the right one${chance}`,
      PRIORITY.detail,
    ],
  ];
  const others = judging
    .filter((each) => each !== level)
    .map(
      ([groups, judged, right]) =>
        `${whole(right)} of ${whole(judged)} at ${plural(groups, "group", "groups")}`,
    );
  if (others.length) {
    const all = `coarse labels right at other levels: ${others.join(", ")}`;
    said.push([all, PRIORITY.fineprint]);
  }
  return said;
}

/** The same as a mean of the runs that an epoch is the sum of. */
export function coarsePerRun(info: EpochInfo): EpochInfo & { coarse: number } {
  const {
    coarse = 0,
    coarse_levels = [],
    coarse_largest = [],
    runs = 1,
  } = info;
  return {
    ...info,
    coarse: coarse / runs,
    coarse_levels: coarse_levels.map(([groups, judged, right]) => [
      groups,
      judged / runs,
      right / runs,
    ]),
    coarse_largest: coarse_largest.map((most) => most / runs),
  };
}
