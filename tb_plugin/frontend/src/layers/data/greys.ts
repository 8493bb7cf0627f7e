/** Grey ramps: of what is neither error nor choice. */

import { inkOn, type Palette, type Rgb, rampAt } from "../../ui/colours.ts";

// The ends of the ramps are the ground and the ink of the page.
const LIGHT = ["#eceef1", "#d3d8de", "#abb3bd", "#77818d", "#444c57"];
const DARK = ["#2f343b", "#454c55", "#666e79", "#959da8", "#c5cad1"];

export function greysOf({ dark }: Palette): readonly string[] {
  return dark ? DARK : LIGHT;
}

/** The whole ramp, from the ground to the ink. */
export function densityOf(palette: Palette): readonly string[] {
  const [from, to] = palette.dark
    ? ["#22262b", "#f4f6f8"]
    : ["#fafbfc", "#15191e"];
  return [from!, ...greysOf(palette), to!];
}

/** 256 colours of a ramp as the pixels of a canvas have them, 0xAABBGGRR. */
export function packedRamp(stops: readonly string[]): Uint32Array {
  return new Uint32Array(256).map((_, k) => packed(rampAt(stops, k / 255)));
}

export function packed([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * A grey, and what is read on it.
 *
 * @param t from nothing, 0, to all, 1
 */
export function greyStyle(palette: Palette, t: number): Record<string, string> {
  const grey = rampAt(greysOf(palette), t);
  return { background: `rgb(${grey})`, color: inkOn(grey) };
}
