import { describe, expect, test } from "vitest";
import { columnsFor } from "../../src/layers/columns/columnLayout.ts";
import { besideChance } from "../../src/layers/columns/Gutter.tsx";
import {
  plainWithin,
  pointsWithin,
  share,
  signedWithin,
  upTo,
} from "../../src/layers/data/inWords.ts";
import { linesFor } from "../../src/layers/detail/AskedLayers.tsx";

describe("numbers", () => {
  test("have their standard errors and signs", () => {
    expect(pointsWithin(-0.018, 0.004)).toBe("−1.8 ± 0.4");
    expect(pointsWithin(0.1024, null)).toBe("+10.2");
    expect(pointsWithin(0.0003, 0.003)).toBe("0.0 ± 0.3");
    expect(pointsWithin(0.0003, null)).toBe("+<0.1");
    expect(plainWithin(-0.31, 0.02)).toBe("−0.31 ± 0.02");
    expect(signedWithin(0.09, 0.03)).toBe("+0.09 ± 0.03");
    expect(signedWithin(-0.0214, 0.004, 3)).toBe("−0.021 ± 0.004");
  });

  test("that something stays below are never 0", () => {
    expect([0.003, 0.021, 0.25].map(upTo)).toEqual(["0.01", "0.03", "0.25"]);
  });

  test("stand beside chance where it gives any", () => {
    const told = (errors: number, chance: number): string =>
      besideChance(errors, chance);
    expect(told(8, 2)).toBe(", 4.0 × chance");
    expect(told(1, 40)).toBe(", <0.1 × chance");
    expect(told(0, 2)).toBe(", 0.0 × chance");
    expect(told(0, 0)).toBe("");
  });

  test("that are not known are dashes", () => {
    for (const words of [pointsWithin, plainWithin, signedWithin]) {
      expect(words(null, null)).toBe("–");
    }
    expect(share(null)).toBe("–");
  });
});

test("the lines to paste hold any name of a layer", () => {
  expect(linesFor(["conv2", "conv4"])).toBe(
    'heads = {"conv2": hierarchy.cut(max_size=1), ' +
      '"conv4": hierarchy.cut(max_size=1)}\n' +
      "model = kh.add_heads(model, heads=heads)",
  );
  expect(linesFor(['a"b\nc\u001b'])).toContain('"a\\"b\\nc\\u001b"');
});

describe("columns", () => {
  const of = (width: number, height: number, layers: number) =>
    columnsFor(
      { width, height, isCompact: width < 1000 },
      { layers, levels: 5, matrices: 2 },
    );

  test("share the width while matrices are large enough", () => {
    const columns = of(1100, 648, 7);
    expect(columns.pitch * 7 + columns.gutter).toBeLessThanOrEqual(1100);
    expect(columns.width).toBeGreaterThan(120);
    expect(columns.side).toBe(columns.width);
    expect(of(1100, 648, 9).side).toBe(96);
  });
});
