/** What the user chose among samples, and how a link says it. */

import { computed, effect, signal, untracked } from "@preact/signals";
import { NO_EPOCH } from "../../state/page.ts";
import { sampleChoices } from "../../state/tabs.ts";
import { GROUPINGS, type Grouping, SORTS, type SortBy } from "./grouping.ts";
import { BEYOND, type Change } from "./sampleFilters.ts";

export const SIZES = [64, 72, 96] as const;
export type Size = (typeof SIZES)[number];
const USUAL_SIZE = 72;

export const CHANGES: readonly Change[] = [
  "won",
  "lost",
  "wrong in both",
  "other answer",
];

export const grouping = signal<Grouping>("actual");
export const sortedBy = signal<SortBy>("probability");
export const size = signal<Size>(USUAL_SIZE);
/** Bits of what samples are to the selection; null for what suits it. */
export const roles = signal<number | null>(null);
export const low = signal(0);
export const high = signal(1);
export const ranks = signal<ReadonlySet<number> | null>(null);
/** How samples changed from the compared run. */
export const betweenRuns = signal<Change | null>(null);
/** The epoch to look back to, if any, and what changed since. */
export const since = signal(NO_EPOCH);
export const sinceThen = signal<Change | null>(null);
/** Number of the sample that the panel shows. */
export const pinned = signal<number | null>(null);
/** The samples among which it is that one; "" until those of a link have come. */
export const pinnedIn = signal("");
/** Labels of the classes whose rows are all shown. */
export const opened = signal<ReadonlySet<number>>(new Set());

/** Whether the matrix has to be counted anew, whichever view is open. */
export const isFilter = computed(
  () =>
    low.value > 0 ||
    high.value < 1 ||
    ranks.value !== null ||
    betweenRuns.value !== null ||
    sinceThen.value !== null,
);

export function clear(): void {
  low.value = 0;
  high.value = 1;
  ranks.value = null;
  betweenRuns.value = null;
  sinceThen.value = null;
}

const round = (share: number): number => Math.round(share * 100) / 100;

function write(): string {
  const said: [string, string | number | false | null][] = [
    ["by", grouping.value !== "actual" && grouping.value],
    ["sort", sortedBy.value !== "probability" && sortedBy.value],
    ["size", size.value !== USUAL_SIZE && size.value],
    ["which", roles.value],
    ["from", low.value > 0 && round(low.value)],
    ["to", high.value < 1 && round(high.value)],
    ["ranks", ranks.value && [...ranks.value].sort().join(",")],
    ["runs", betweenRuns.value],
    ["since", since.value !== NO_EPOCH && since.value],
    ["then", sinceThen.value],
    ["sample", pinned.value],
    ["open", opened.value.size > 0 && [...opened.value].join(",")],
  ];
  return new URLSearchParams(
    said.flatMap(([key, value]) =>
      value === false || value === null ? [] : [[key, String(value)]],
    ),
  ).toString();
}

function read(text: string): void {
  const query = new URLSearchParams(text);
  const one = <T>(key: string, of: readonly T[]): T | undefined =>
    of.find((each) => String(each) === query.get(key));
  const number = (key: string, least: number, most: number): number | null => {
    const value = Number(query.get(key) ?? Number.NaN);
    return value >= least && value <= most ? value : null;
  };
  const whole = (key: string): number | null => {
    const value = number(key, 0, 2 ** 31);
    return Number.isInteger(value) ? value : null;
  };
  const many = (key: string, least: number, most: number): Set<number> =>
    new Set(
      (query.get(key) ?? "")
        .split(",")
        .filter(Boolean)
        .map(Number)
        .filter((n) => Number.isInteger(n) && n >= least && n <= most),
    );
  grouping.value = one("by", GROUPINGS) ?? "actual";
  sortedBy.value = one("sort", SORTS) ?? "probability";
  size.value = one("size", SIZES) ?? USUAL_SIZE;
  roles.value = number("which", 0, 15);
  low.value = number("from", 0, 1) ?? 0;
  high.value = Math.max(number("to", 0, 1) ?? 1, low.value);
  const wanted = many("ranks", 2, BEYOND);
  ranks.value = wanted.size ? wanted : null;
  betweenRuns.value = one("runs", CHANGES) ?? null;
  since.value = whole("since") ?? NO_EPOCH;
  sinceThen.value =
    since.value !== NO_EPOCH ? (one("then", CHANGES) ?? null) : null;
  pinned.value = whole("sample");
  pinnedIn.value = "";
  opened.value = many("open", 0, 2 ** 31);
}

/** Takes over what each link says, and keeps the address up to date. */
export function followLink(): void {
  effect(() => {
    const text = sampleChoices.value;
    untracked(() => {
      // What was written of the choices says less of them than they are.
      if (text === write()) return;
      read(text);
      // Nor does nonsense stay in the address.
      sampleChoices.value = write();
    });
  });
  effect(() => {
    sampleChoices.value = write();
  });
}
