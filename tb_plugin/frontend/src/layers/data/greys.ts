/** Grey ramps: of what is neither error nor choice. */

import { inkOn, type Palette, type Rgb, rampAt } from "../../ui/colours.ts";

// The ends of the ramps are the ground and the ink of the page.
const LIGHT = ["#eceef1", "#d3d8de", "#abb3bd", "#77818d", "#444c57"];
const DARK = ["#2f343b", "#454c55", "#666e79", "#959da8", "#c5cad1"];

/** @param t from nothing, 0, to all, 1 */
export function greyAt({ dark }: Palette, t: number): Rgb {
  return rampAt(dark ? DARK : LIGHT, t);
}

/** The whole ramp, from the ground to the ink. */
export function densityAt({ dark }: Palette, t: number): Rgb {
  const [from, to] = dark ? ["#22262b", "#f4f6f8"] : ["#fafbfc", "#15191e"];
  return rampAt([from, ...(dark ? DARK : LIGHT), to], t);
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** A grey, and what is read on it. */
export function greyStyle(palette: Palette, t: number): Record<string, string> {
  const grey = greyAt(palette, t);
  return { background: css(grey), color: inkOn(grey) };
}
