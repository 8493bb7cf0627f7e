/** Samples by the probability of the answer: a histogram with two range handles. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { kindOf, spanOf } from "../../hierarchy/selection.ts";
import * as view from "../../state/all.ts";
import { percent, plain, plural } from "../../ui/format.ts";
import { calibrationOf } from "../data/calibration.ts";
import { high, low } from "../selection/choices.ts";
import { BARS, probabilityBars } from "../selection/sampleFilters.ts";
import {
  facts,
  isWanted,
  passesButProbability,
} from "../selection/shownSamples.ts";

/**
 * Of all answers that name the selection, right or wrong, without filters.
 *
 * Of samples that were chosen by what they are, rather than by what was said of
 * them, probabilities promise nothing: rows and pairs have none.
 */
const calibration = computed(() => {
  const [here, tree] = [facts.value, view.tree.value];
  const { rows, columns } = view.selection.value;
  const kind = kindOf(view.selection.value);
  if (!here || !tree) return null;
  if (kind !== "all" && kind !== "group" && kind !== "column band") return null;
  const [from, to] = spanOf(tree, columns || rows);
  return calibrationOf(here, (i) => {
    const answer = here.predictedLeaf[i]!;
    return answer >= from && answer < to;
  });
});

function CalibrationLine(): JSX.Element | null {
  const found = calibration.value;
  if (!found) return null;
  const { samples, error, chance, most, excess, isBiased } = found;
  const isBeyond = error > most;
  const digits = view.pageFrame.value.compact ? 0 : 1;
  const how = excess > 0 ? "too sure" : "too unsure";
  return (
    <p
      class="label calibration"
      data-testid="calibration"
      title={
        `Expected calibration error, ${percent(error, 2)}, of ` +
        `${plural(samples, "answer that names", "answers that name")} the ` +
        "selection, in 15 bins. A perfectly calibrated network would have " +
        `${percent(chance, 2)} with so many, and less than ` +
        `${percent(most, 2)} 19 times of 20 (by formula: normal bins). Mean ` +
        `probability minus share right: ${plain(100 * excess, 1)} points.`
      }
    >
      {view.pageFrame.value.compact ? "ECE" : "calibration error"}{" "}
      <span class={isBeyond ? "beyond" : ""}>{percent(error, digits)}</span>,
      chance {percent(chance, digits)}
      {isBeyond && isBiased && (
        <>
          {" · "}
          <span class="how">{how}</span>
        </>
      )}
    </p>
  );
}

const TOP = 4;
const BASE = 58;

const all = computed(() => {
  const [here, pass] = [facts.value, passesButProbability.value];
  if (!here || !pass) return new Uint32Array(BARS);
  return probabilityBars(here, (i) => pass[i] === 1 && isWanted.value(i));
});

const write = (share: number): string => String(Math.round(share * 100) / 100);

function move(which: "low" | "high", to: number): void {
  const at = Math.round(Math.min(Math.max(to, 0), 1) * BARS) / BARS;
  const gap = 1 / BARS;
  if (which === "low") low.value = Math.min(at, high.value - gap);
  else high.value = Math.max(at, low.value + gap);
}

export function ProbabilityFilter({ width }: { width: number }): JSX.Element {
  const drag = useRef<"low" | "high" | null>(null);
  const most = Math.max(1, ...all.value);
  const wide = width / BARS;
  const isIn = (bar: number): boolean =>
    (bar + 0.5) / BARS > low.value && (bar + 0.5) / BARS < high.value;
  const shareAt = (event: PointerEvent & { currentTarget: Element }): number =>
    (event.clientX - event.currentTarget.getBoundingClientRect().left) / width;
  return (
    <section aria-label="Probability of the answer">
      <h2>
        {view.pageFrame.value.compact
          ? "Probability"
          : "Probability of the answer"}{" "}
        <span class="label" data-testid="probability-range">
          {write(low.value)} to {write(high.value)}
        </span>
      </h2>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: its parts have names */}
      <svg
        class="probability"
        data-testid="probability"
        width={width}
        height={BASE + 16}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = shareAt(event);
          const isLow = Math.abs(at - low.value) < Math.abs(at - high.value);
          drag.current = isLow ? "low" : "high";
          move(drag.current, at);
        }}
        onPointerMove={(event) => {
          if (drag.current) move(drag.current, shareAt(event));
        }}
        onPointerUp={() => {
          drag.current = null;
        }}
        onDblClick={() => {
          low.value = 0;
          high.value = 1;
        }}
      >
        {[...all.value].map((count, bar) => {
          const tall = ((BASE - TOP) * count) / most;
          const from = bar / BARS;
          return (
            <rect
              key={from}
              class={isIn(bar) ? "" : "out"}
              x={bar * wide + 0.5}
              y={BASE - Math.max(tall, count ? 1 : 0)}
              width={wide - 1}
              height={Math.max(tall, count ? 1 : 0)}
            >
              <title>{`${write(from)}: ${plural(count, "sample", "samples")}`}</title>
            </rect>
          );
        })}
        <path class="axis" d={`M0 ${BASE + 0.5}H${width}`} />
        {[0, 0.5, 1].map((share) => (
          <text
            key={share}
            x={share * width}
            y={BASE + 14}
            text-anchor={["start", "middle", "end"][share * 2]}
          >
            {share}
          </text>
        ))}
        {(["low", "high"] as const).map((which) => (
          <Pin key={which} which={which} width={width} />
        ))}
      </svg>
      <CalibrationLine />
    </section>
  );
}

function Pin(props: { which: "low" | "high"; width: number }): JSX.Element {
  const { which, width } = props;
  const at = (which === "low" ? low : high).value;
  const by: Record<string, number> = {
    ArrowLeft: at - 1 / BARS,
    ArrowDown: at - 1 / BARS,
    ArrowRight: at + 1 / BARS,
    ArrowUp: at + 1 / BARS,
    Home: 0,
    End: 1,
  };
  return (
    <g
      class="pin"
      role="slider"
      tabindex={0}
      data-testid={`probability-${which}`}
      aria-label={which === "low" ? "Least probability" : "Largest probability"}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={Number(write(at))}
      transform={`translate(${Math.min(Math.max(at * width, 1), width - 1)} 0)`}
      onKeyDown={(event) => {
        const to = by[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        move(which, to);
      }}
    >
      <path d={`M0 0V${BASE}`} />
      <circle cy={BASE} r={3.5} />
    </g>
  );
}
