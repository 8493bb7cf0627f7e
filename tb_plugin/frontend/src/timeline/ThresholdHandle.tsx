/** The handle on the timeline's axis that sets the threshold of separability. */

import type { JSX } from "preact";
import { px } from "../state/pageLayout.ts";
import { setThreshold, threshold } from "../state/timeline.ts";
import { percent } from "../ui/format.ts";
import { shareAt, yOf } from "./plot.ts";

/** Large enough for a finger. */
const SIZE = 24;

const STEPS: Record<string, number> = {
  ArrowUp: 0.01,
  ArrowRight: 0.01,
  PageUp: 0.05,
  End: 1,
  ArrowDown: -0.01,
  ArrowLeft: -0.01,
  PageDown: -0.05,
  Home: -1,
};

/** @param right its end, in pixels */
export function ThresholdHandle({ right }: { right: number }): JSX.Element {
  const text = percent(threshold.value, 0);
  const drag = (event: PointerEvent & { currentTarget: Element }): void => {
    const strip = event.currentTarget.parentElement!;
    const top = strip.getBoundingClientRect().top + strip.clientTop;
    setThreshold(shareAt(event.clientY - top));
  };
  return (
    <div
      class="threshold"
      role="slider"
      tabIndex={0}
      data-testid="threshold"
      title={
        `separable from ${text} on, of recall beyond chance: ` +
        "(recall − chance) / (100 % − chance), chance the share of " +
        "predictions of the group. An epoch after the first is named only " +
        "if the group was lower before by more than samples and epochs waver"
      }
      aria-label="separable from this recall beyond chance on"
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * threshold.value)}
      aria-valuetext={text}
      style={px({
        left: right - SIZE,
        top: yOf(threshold.value) - SIZE / 2,
        width: SIZE,
        height: SIZE,
      })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
      }}
      onKeyDown={(event) => {
        const by = STEPS[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        setThreshold(threshold.value + by);
      }}
    />
  );
}
