// @vitest-environment happy-dom
import { render } from "preact";
import { beforeAll, expect, test } from "vitest";
import { multiples } from "../../src/comparison/multiples/epochSeries.ts";
import { SmallMultiples } from "../../src/comparison/multiples/SmallMultiples.tsx";
import { selectionOf } from "../../src/hierarchy/selection.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { SourceGone, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { multiplesInWords } from "../../src/state/comparison/comparison.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";
import { pets } from "../pets.ts";
import { until } from "../until.ts";

beforeAll(async () => {
  useSource(memorySource([petsRun]));
  await start({ run: petsRun.run, with: "epochs" });
  await until(() => view.epoch.value !== null);
  render(<SmallMultiples />, document.body);
});

const title = (): string | null | undefined =>
  document.querySelector(".title")?.textContent;

test("four classes are called classes", () => {
  const said = multiplesInWords.value.map(([text]) => text);
  expect(said).toContain("4 classes");
});

test("a rectangle is not called as the group around it", async () => {
  const box = { rows: [0, 2], columns: [1, 3] } as const;
  view.selection.value = selectionOf(pets, { ...box });
  await expect.poll(title).toMatch(/[^ ]rectangle of 2 × 2 classes outlined$/);
});

test("a band is one of anything", async () => {
  view.select(pets.names.indexOf("dog"), 0);
  await expect.poll(title).toMatch(/dog → anything outlined$/);
});

test("a pointer that was on a block is on none where they come again", async () => {
  const heads = (): string[] =>
    [...document.querySelectorAll(".multiple .label")].map(
      (each) => each.textContent ?? "",
    );
  await expect.poll(() => heads()[0]).toMatch(/class|group/);
  const usual = heads();
  const canvas = document.querySelector(".multiple canvas")!;
  const moved = new Event("pointermove", { bubbles: true });
  canvas.dispatchEvent(Object.assign(moved, { offsetX: 3, offsetY: 3 }));
  await expect.poll(heads).not.toEqual(usual);
  render(null, document.body);
  render(<SmallMultiples />, document.body);
  await expect.poll(heads).toEqual(usual);
});

test("an epoch that a server left open comes when it is back", async () => {
  const memory = memorySource([petsRun]);
  let isAway = true;
  useSource({
    ...memory,
    series: seriesAt(() => [1, 25]), // the second is logged again
    matrix: async (run, output) => {
      if (isAway) throw new SourceGone("TensorBoard does not answer");
      return memory.matrix(run, output, 1);
    },
  });
  const shown = (): (string | null)[] =>
    multiples.value.map(({ epoch }) =>
      typeof epoch === "string" ? epoch : epoch && "shown",
    );
  await reload();
  await expect
    .poll(() => shown().includes("TensorBoard does not answer"))
    .toBe(true);
  isAway = false;
  await reload();
  await expect.poll(shown).toEqual(["shown", "shown"]);
});
