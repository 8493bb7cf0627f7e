/** The colours of the page, light and dark, and arithmetic with colours. */

import * as palettes from "../../../../keras_hier/report/palette.json";

export interface Palette {
  dark: boolean;
  background: string;
  ink: string;
  muted: string;
  hairline: string;
  strong: string;
  fill: string;
  fillFirst: string;
  /** Bars of what is right. */
  grey: string;
  /** The bar of an answer that is wrong. */
  bar2: string;
  accent: string;
  accentText: string;
  /** Opacity of the accent over a band of the matrix, over a tree node. */
  bandTint: number;
  treeTint: number;
  /** Colours of counts, few to many. */
  counts: readonly string[];
  /** Colours of errors per pair of classes, from nothing. */
  density: readonly string[];
  /** Colours of changes: far fewer, none, far more. */
  changes: readonly string[];
  /** Text about what got better, or worse. */
  better: string;
  worse: string;
}

// Taken apart like this, one module of the first script is an object: then the
// bundler's code for such modules is in that script, and no file of its own.
/** Of `keras-hier report`, too, which takes some of them. */
export const { light: LIGHT, dark: DARK }: Record<"light" | "dark", Palette> =
  palettes;

export type Rgb = readonly [number, number, number];

export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** A colour of a ramp at t in [0, 1], between its neighbouring stops. */
export function rampAt(stops: readonly string[], t: number): Rgb {
  const at = Math.min(Math.max(t, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(at), stops.length - 2);
  const from = rgb(stops[index]!);
  const to = rgb(stops[index + 1]!);
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (at - index));
  return [mix(0), mix(1), mix(2)];
}

/** Black or white, whichever is stronger on a colour. */
export function inkOn([red, green, blue]: Rgb): string {
  const linear = (value: number): number =>
    value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance =
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return luminance > 0.179 ? "#000" : "#fff";
}
