/** Colours as they look to who lacks one kind of cone. */

import { expect, test } from "vitest";
import { makeChangeScale } from "../../src/colour/changeScale.ts";
import {
  DARK,
  LIGHT,
  type Palette,
  type Rgb,
  rgb,
} from "../../src/ui/colours.ts";

/** Machado, Oliveira and Fernandes 2009, severity 1, of linear colours. */
const SIMULATIONS = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const NONE = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const TO_XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];

type Matrix = readonly (readonly number[])[];

const times = (matrix: Matrix, vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, x, i) => sum + x * vector[i]!, 0));

/** CIE L*a*b* of a colour of sRGB, as it is seen. */
function seen(colour: Rgb, simulation: Matrix): number[] {
  const linear = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const shown = times(simulation, linear).map((x) =>
    Math.min(Math.max(x, 0), 1),
  );
  const white = times(TO_XYZ, [1, 1, 1]);
  const [x, y, z] = times(TO_XYZ, shown).map((value, i) => {
    const share = value / white[i]!;
    return share > 216 / 24389
      ? Math.cbrt(share)
      : (24389 / 27 / 116) * share + 16 / 116;
  }) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE 1976: 2.3 are just told apart side by side. */
function distanceOf(one: Rgb, other: Rgb, simulation: Matrix): number {
  const [a, b] = [seen(one, simulation), seen(other, simulation)];
  return Math.hypot(...a!.map((value, i) => value - b![i]!));
}

function distance(one: string, other: string, simulation: Matrix): number {
  return distanceOf(rgb(one), rgb(other), simulation);
}

/** What is told apart at a glance, though it is small. */
const APART = 15;

const apartIn = ({ changes, counts, ...p }: Palette): [string, string][] => [
  [p.better, p.worse],
  [p.better, p.ink],
  [p.worse, p.ink],
  [p.worse, p.muted],
  [p.accentText, p.ink],
  [p.accentText, p.muted],
  [p.accent, p.strong],
  [p.grey, p.bar2],
  ...counts.map((count): [string, string] => [p.accent, count]),
  ...[0, 1, 2].map((i): [string, string] => [changes[i]!, changes[6 - i]!]),
];

test("distances by hand", () => {
  // Black has a lightness of 0, white of 100.
  expect(distance("#000000", "#ffffff", NONE)).toBeCloseTo(100, 3);
  // Greys look the same to all; red and green do not.
  for (const simulation of Object.values(SIMULATIONS)) {
    expect(distance("#808080", "#808080", simulation)).toBe(0);
    expect(seen([128, 128, 128], simulation)[0]).toBeCloseTo(53.6, 1);
  }
  const [green, brown] = ["#0b6e66", "#5a636e"];
  expect(distance(green, brown, NONE)).toBeGreaterThan(APART);
  expect(distance(green, brown, SIMULATIONS.deuteranopia)).toBeLessThan(4);
});

for (const palette of [LIGHT, DARK]) {
  const theme = palette.dark ? "dark" : "light";
  test.each(Object.entries(SIMULATIONS))(`${theme}, %s`, (_, simulation) => {
    for (const [one, other] of apartIn(palette)) {
      const found = distance(one, other, simulation);
      expect(found, `${one} and ${other}`).toBeGreaterThanOrEqual(APART);
    }
  });

  test.each(Object.entries({ ...SIMULATIONS, none: NONE }))(
    `${theme}, %s: any change is told from chance without hue`,
    (_, simulation) => {
      const { chance, shades } = makeChangeScale(60, false, palette);
      const lightness = (of: Rgb): number => seen(of, simulation)[0]!;
      const last = shades.length - 1;
      for (let i = 0; i < last / 2; i++) {
        const [fewer, more] = [shades[i]!, shades[last - i]!];
        for (const change of [fewer, more]) {
          const apart = Math.abs(lightness(change) - lightness(chance));
          expect(apart, `${change}`).toBeGreaterThanOrEqual(APART);
        }
        const apart = distanceOf(fewer, more, simulation);
        expect(apart, `${fewer} and ${more}`).toBeGreaterThanOrEqual(2 * APART);
      }
    },
  );
}

test("hue alone would not tell what is better from grey", () => {
  // Such text has weight: tests/browser/test_chance.py reads it.
  const near = [LIGHT, DARK].map((palette) =>
    distance(palette.better, palette.muted, SIMULATIONS.deuteranopia),
  );
  expect(Math.max(...near)).toBeLessThan(APART);
});
