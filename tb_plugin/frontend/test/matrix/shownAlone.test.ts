// @vitest-environment happy-dom
/** Classes that are shown alone: bars beside them, and what is left out. */

import { beforeAll, expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { drawSideBars } from "../../src/matrix/canvas/drawSideBars.ts";
import { currentGeometry } from "../../src/matrix/MatrixCanvas.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { only } from "../../src/state/filters.ts";
import { ownRemainder } from "../../src/state/remainder.ts";
import { LIGHT } from "../../src/ui/colours.ts";
import { fourTens } from "../fourTens.ts";
import { petsRun } from "../memorySource.ts";
import { until } from "../until.ts";

/** Lengths of bars and of lines beside the rows, in widths of their room. */
function drawn(): { bars: number[]; lines: number[] } {
  const rectangles: number[][] = [];
  const context = {
    fillRect: (...at: number[]) => rectangles.push(at),
  } as unknown as CanvasRenderingContext2D;
  const geometry = currentGeometry()!;
  const [epoch, cells] = [view.epoch.value!, view.cells.value!];
  drawSideBars(context, {
    ...geometry,
    palette: LIGHT,
    data: { epoch, cells, scale: view.scale.value! },
    bars: "support",
  } as unknown as Parameters<typeof drawSideBars>[1]);
  const { x, width } = geometry.layout.rightBars;
  const line = 1.5;
  return {
    bars: rectangles
      .filter(([left, , wide, tall]) => left === x && tall === 1 && wide !== 1)
      .map(([, , wide]) => wide! / width),
    lines: rectangles
      .filter(([, , wide]) => wide === line)
      .map(([left]) => (left! + line / 2 - x) / width),
  };
}

beforeAll(async () => {
  useSource(fourTens);
  await start({ run: petsRun.run, bars: "support" });
  await until(() => view.epoch.value !== null);
});

test("bars of samples are as long as their lines, whatever is hidden", async () => {
  for (const wanted of ["", "class b0x"]) {
    only.value = wanted;
    await until(() => (view.isolatedAxes.value !== null) === (wanted !== ""));
    const { bars, lines } = drawn();
    // Of as many samples each, all are full.
    expect(Math.min(...bars)).toBeCloseTo(1);
    expect(Math.max(...bars)).toBeCloseTo(1);
    for (const line of lines) expect(line).toBeCloseTo(1);
  }
});

test("hidden classes between those shown are in no remainder", async () => {
  only.value = "class b0x";
  await until(() => view.isolatedAxes.value !== null);
  const rest = ownRemainder.value!;
  const cut = view.placedCut.value!;
  for (const [sums, { edge }] of [
    [rest.rows, cut],
    [rest.columns!, cut.columns],
  ] as const) {
    sums.forEach((sum, at) => {
      if (edge[at + 1] === edge[at]) expect(sum).toBe(0);
    });
  }
});
