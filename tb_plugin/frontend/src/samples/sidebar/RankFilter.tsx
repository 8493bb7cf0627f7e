/** Ranks of the actual class among the errors: each bar filters. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import * as view from "../../state/all.ts";
import { whole } from "../../ui/format.ts";
import { shown } from "../data/loadSamples.ts";
import { ranks } from "../selection/choices.ts";
import { rankName } from "../selection/filterWords.ts";
import { BEYOND, rankClass } from "../selection/sampleFilters.ts";
import { facts, isWanted, passesButRank } from "../selection/shownSamples.ts";

/** Of bars beside numbers of so many digits, five of them side by side. */
export function longestBar(most: number): number {
  if (most < 1000) return most < 100 ? 24 : 20;
  return most < 10_000 ? 10 : 3;
}

const found = computed(() => {
  const counts = new Uint32Array(BEYOND + 1);
  const [here, pass] = [facts.value, passesButRank.value];
  const top = shown.value?.record.header.top ?? 0;
  if (!here || !pass) return counts;
  for (let i = 0; i < pass.length; i++) {
    if (!pass[i] || !isWanted.value(i)) continue;
    counts[rankClass(here.trueRank[i]!, top)]!++;
  }
  return counts;
});

function toggle(rank: number): void {
  const next = new Set(ranks.value);
  if (!next.delete(rank)) next.add(rank);
  ranks.value = next.size ? next : null;
}

export function RankFilter(): JSX.Element {
  const top = shown.value?.record.header.top ?? 5;
  const all = [2, 3, 4, 5].filter((rank) => rank <= top).concat(BEYOND);
  const most = Math.max(1, ...all.map((rank) => found.value[rank]!));
  const longest = longestBar(most);
  return (
    <section aria-label="Rank of the actual class">
      <h2>
        {view.pageFrame.value.compact
          ? "Actual class"
          : "Rank of the actual class"}{" "}
        <button
          type="button"
          class="label"
          data-testid="rank-any"
          aria-pressed={ranks.value === null}
          onClick={() => {
            ranks.value = null;
          }}
        >
          any
        </button>
      </h2>
      <div class="ranks">
        {all.map((rank) => {
          const count = found.value[rank]!;
          const width = `${Math.max(1, (longest * count) / most)}px`;
          return (
            <button
              key={rank}
              type="button"
              data-testid={`rank-${rank}`}
              class={ranks.value && !ranks.value.has(rank) ? "out" : ""}
              aria-pressed={ranks.value?.has(rank) ?? false}
              aria-label={`${rankName(rank)}: ${whole(count)}`}
              onClick={() => toggle(rank)}
            >
              <span class="label">{rankName(rank)}</span>
              <span class="count">
                <i style={{ width }} />
                {whole(count)}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );
}
