/** A change as text: its sign says what it is, its colour whether it helps. */

import type { JSX } from "preact";
import { signed } from "./format.ts";

interface Props {
  by: number;
  /** What is good: more of it, or less. */
  good: "more" | "less";
  /** Shares change by percentage points. */
  isShare?: boolean;
  /** Digits of points. */
  digits?: number;
  /** Whether it is what chance does: then it is neither good nor bad. */
  isChance?: boolean;
}

export function styleOfChange(by: number, good: "more" | "less"): string {
  const size = Math.abs(by);
  if (!(size > 0)) return "same";
  return by > 0 === (good === "more") ? "better" : "worse";
}

export function ChangeText(props: Props): JSX.Element {
  const { by, good, isShare, digits, isChance } = props;
  // Columns have no room for how small none is.
  const text = isShare ? signed(100 * by, digits ?? 1) : signed(by);
  const isNone = isChance || !/[1-9]/.test(text);
  const style = isNone ? "same" : styleOfChange(by, good);
  return <span class={`change ${style}`}>{text}</span>;
}
