/** When groups become separable: their recall, corrected for chance, gets to a threshold and stays. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { beyondChance } from "../confusion/agreement.ts";
import { isSurelyLower, staysFrom } from "../confusion/since.ts";
import * as view from "../state/all.ts";
import { threshold } from "../state/timeline.ts";
import { inPercent, isolated, percent } from "../ui/format.ts";
import { measureAt, shorten } from "../ui/textFitting.ts";
import { BOTTOM, type Plot, TOP, yOf } from "./plot.ts";

/** 87 %; beside 90 %, 89.6 % and not 90, 90.3 % for 0.903. */
export function shareBeside(share: number, limit: number): string {
  const digits = [0, 1].find(
    (each) => inPercent(share, each) !== inPercent(limit, each),
  );
  return digits === undefined
    ? (share < limit ? "<" : "≥") + percent(limit, 0)
    : percent(share, digits);
}

const small = measureAt(11);
/** Groups without a date that are named. */
const NAMED = 3;
/** Baseline of the line of text. */
const TEXT = 13;

export interface Reached {
  name: string;
  /** Null if it is not there in the end, or nothing tells since when. */
  from: number | null;
  now: number;
  isChosen: boolean;
}

/** When the level's groups and the selection get there. */
export const reached = computed<Reached[]>(() => {
  const tree = view.tree.value;
  if (!tree) return [];
  const chosen = view.curvedGroup.value;
  const readable = view.curves.value.filter(({ error }) => error === undefined);
  return view.curveNodes.value.flatMap((node, index) => {
    // Nothing is told from a group of all classes.
    if (tree.stop[node]! - tree.start[node]! === tree.leaves.length) return [];
    const points = readable.flatMap(({ step, nodes, samples, runs = 1 }) => {
      const { recall, actual = 0, predicted = 0 } = nodes?.[index] ?? {};
      if (typeof recall !== "number") return [];
      const chance = predicted / (samples || 1);
      const least = threshold.value;
      const isLower = isSurelyLower(recall, chance, least, actual / runs);
      return [{ step, share: beyondChance(recall, chance), isLower }];
    });
    const last = points.at(-1);
    // Without samples of it in the end, nobody knows what stays.
    if (!last || last.step !== readable.at(-1)?.step) return [];
    const from = staysFrom(points, threshold.value);
    const name = tree.names[node]!;
    return [{ name, from, now: last.share, isChosen: node === chosen }];
  });
});

export function Thresholds({ left, width, x }: Plot): JSX.Element | null {
  const groups = reached.value;
  if (!groups.length) return null;
  const steps = new Map<number, Reached[]>();
  for (const group of groups) {
    if (group.from === null) continue;
    steps.set(group.from, [...(steps.get(group.from) ?? []), group]);
  }
  const byStep = [...steps].sort(([a], [b]) => a - b);
  const undated = groups
    .filter(({ from }) => from === null)
    .sort((a, b) => b.now - a.now);
  const limit = percent(threshold.value, 0);
  // Epochs follow, or only what has none.
  const from = byStep.length ? ` ≥ ${limit} from epoch` : "";
  const start = `recall beyond chance${from}`;
  const textLeft = Math.max(left - 132, 150);
  const texts: {
    key: string;
    strong: string;
    text: string;
    chosen: boolean;
  }[] = byStep.flatMap(([step, at]) =>
    [true, false].flatMap((chosen) => {
      const names = at.filter(({ isChosen }) => isChosen === chosen);
      return names.length
        ? [
            {
              key: `${step} ${chosen}`,
              strong: String(step),
              chosen,
              text: names.map(({ name }) => isolated(name)).join(", "),
            },
          ]
        : [];
    }),
  );
  for (const side of ["in the end ≥", "below"]) {
    const all = undated
      .filter(({ now }) => now < threshold.value === (side === "below"))
      .map(
        ({ name, now }) =>
          `${isolated(name)} ${shareBeside(now, threshold.value)}`,
      );
    const more = all.length - NAMED;
    const text = [
      ...all.slice(0, NAMED),
      ...(more > 0 ? [`${more} more`] : []),
    ].join(", ");
    const strong = `${side} ${limit}`;
    if (text) texts.push({ key: side, strong, chosen: false, text });
  }
  let at = textLeft + small(start) + 8;
  const end = left + width - 8;
  return (
    <g class="thresholds">
      <path class="level" d={`M${left} ${yOf(threshold.value)}h${width}`} />
      <text x={textLeft} y={TEXT}>
        {start}
      </text>
      {texts.map(({ key, strong, text, chosen }) => {
        const from = at;
        const room = end - from - small(strong) - 8;
        const shown = room > 30 ? shorten(text, room, small) : "";
        at += small(strong) + small(shown) + 24;
        return (
          shown && (
            <text key={key} class={chosen ? "chosen" : ""} x={from} y={TEXT}>
              <tspan class="strong">{strong}</tspan>
              {`  ${shown}`}
            </text>
          )
        );
      })}
      {byStep.map(([step, names]) => (
        <path
          key={step}
          class={names.some(({ isChosen }) => isChosen) ? "chosen" : ""}
          d={`M${x(step)} ${TOP}V${BOTTOM}`}
        />
      ))}
    </g>
  );
}
