/** The colours of the page, light and dark, and arithmetic with colours. */

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

export const LIGHT: Palette = {
  dark: false,
  background: "#ffffff",
  ink: "#1b1f24",
  muted: "#5a636e",
  hairline: "#dfe3e8",
  strong: "#bcc3cc",
  fill: "#f5f6f8",
  fillFirst: "#e9ecf0",
  grey: "#aeb6c0",
  bar2: "#4670b6",
  accent: "#e8590c",
  accentText: "#ad390a",
  bandTint: 0.07,
  treeTint: 0.16,
  counts: ["#8fadde", "#6a90cf", "#4670b6", "#274d92", "#0d2a63"],
  density: [
    "#f0f3f9",
    "#cfdbf0",
    "#9cb6e0",
    "#5f86c9",
    "#2f58a3",
    "#12337a",
    "#081c4c",
  ],
  changes: [
    "#01514a",
    "#2f938a",
    "#9bd5cc",
    "#eceeee",
    "#e5c78f",
    "#bd7d2c",
    "#6d3c05",
  ],
  better: "#0b6e66",
  worse: "#8c510a",
};

export const DARK: Palette = {
  dark: true,
  background: "#1c1f23",
  ink: "#e8eaed",
  muted: "#a3abb6",
  hairline: "#333940",
  strong: "#525a65",
  fill: "#24282d",
  fillFirst: "#2d3239",
  grey: "#68717d",
  bar2: "#8fb0e6",
  accent: "#ff8a47",
  accentText: "#ff9a5c",
  bandTint: 0.09,
  treeTint: 0.22,
  counts: ["#4d75b3", "#6a91cf", "#8fb0e6", "#bbd1f4", "#eef4ff"],
  density: [
    "#22272f",
    "#2a3852",
    "#3a5688",
    "#5a80be",
    "#8cabdf",
    "#c4d6f5",
    "#f2f7ff",
  ],
  changes: [
    "#8ee0d3",
    "#3fa396",
    "#23665f",
    "#33383e",
    "#73521f",
    "#bd8334",
    "#f3cd92",
  ],
  better: "#5ec4b6",
  worse: "#d9a35b",
};

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
