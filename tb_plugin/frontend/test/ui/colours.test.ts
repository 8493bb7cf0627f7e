import { expect, test } from "vitest";
import type { Palette, Rgb } from "../../src/ui/colours.ts";
import { DARK, LIGHT, rgb } from "../../src/ui/colours.ts";

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

/** A colour at some opacity over another. */
function over(top: string, alpha: number, below: Rgb): Rgb {
  const mix = (i: 0 | 1 | 2): number =>
    alpha * rgb(top)[i] + (1 - alpha) * below[i];
  return [mix(0), mix(1), mix(2)];
}

for (const palette of [LIGHT, DARK] satisfies Palette[]) {
  const theme = palette.dark ? "dark" : "light";
  const background = rgb(palette.background);
  const tint = over(palette.accent, palette.treeTint, background);
  const band = over(palette.accent, palette.bandTint, background);

  test(`${theme}: every text is read on whatever lies under it`, () => {
    for (const ground of [
      background,
      rgb(palette.fill),
      rgb(palette.fillFirst),
      tint,
      band,
    ]) {
      for (const text of [palette.ink, palette.muted, palette.accentText]) {
        expect(contrast(rgb(text), ground)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  test(`${theme}: focus, selection and one error stand off the ground`, () => {
    // A count of 1 is drawn at 80 % opacity.
    const one = over(palette.counts[0]!, 0.8, background);
    expect(contrast(rgb(palette.accent), background)).toBeGreaterThan(3);
    expect(contrast(one, background)).toBeGreaterThan(1.75);
  });
}
