// @vitest-environment happy-dom
import { batch } from "@preact/signals";
import { h, render } from "preact";
import { expect, test, vi } from "vitest";
import { EXPORTS } from "../../src/export/exports.ts";
import { ConfusionList } from "../../src/panel/ConfusionList.tsx";
import { recounted } from "../../src/samples/data/sampleFacts.ts";
import * as view from "../../src/state/all.ts";
import { isLong } from "../../src/state/confusionListSort.ts";
import { recount } from "../../src/state/filters.ts";
import { pets, petsEpoch } from "../pets.ts";

/** The cells of the confusions that the menu saves, line by line. */
async function saved(): Promise<string[][]> {
  const files: Blob[] = [];
  URL.createObjectURL = (file) => {
    files.push(file as Blob);
    return "blob:";
  };
  HTMLAnchorElement.prototype.click = () => undefined;
  await EXPORTS.find(({ id }) => id === "confusions")!.make([]);
  return (await files[0]!.text())
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
}

test("of filtered pairs the reverse is filtered, too", async () => {
  batch(() => {
    view.tree.value = pets;
    view.loggedEpoch.value = petsEpoch;
  });
  // Two of the first class as the second, of which one is as the third.
  const facts = {
    trueLeaf: Uint16Array.of(0, 0, 1),
    predictedLeaf: Uint16Array.of(1, 1, 2),
  };
  const cells = recounted(facts as never, Uint8Array.of(1, 1, 1), 4);
  recount.value = { cells, other: null, words: "", note: null, clear() {} };
  const [head, ...rows] = await saved();
  const at = ["errors", "reverse"].map((name) => head!.indexOf(name));
  expect(rows.map((row) => at.map((place) => row[place]))).toEqual([
    ["2", "0"],
    ["1", "0"],
  ]);
});

test("within a group it is what it is of", async () => {
  batch(() => {
    view.tree.value = pets;
    view.loggedEpoch.value = petsEpoch;
    view.level.value = 2;
  });
  const [head, ...rows] = await saved();
  const at = ["actual_id", "predicted_id", "errors", "reverse"].map((name) =>
    head!.indexOf(name),
  );
  const inside = rows
    .map((row) => at.map((place) => row[place]))
    .filter(([actual, predicted]) => actual === predicted);
  expect(inside).not.toHaveLength(0);
  for (const [, , errors, reverse] of inside) expect(reverse).toBe(errors);
  view.level.value = 0;
});

test("nor does the list tell of another one", async () => {
  HTMLCanvasElement.prototype.getContext = () => null;
  vi.stubGlobal("requestAnimationFrame", (call: FrameRequestCallback) =>
    setTimeout(() => call(0)),
  );
  render(h(ConfusionList, { epoch: petsEpoch }), document.body);
  const told = (): string => document.body.textContent ?? "";
  await expect.poll(told).toContain("pug");
  isLong.value = true;
  await expect.poll(told).toContain("common group");
  expect(told()).not.toContain("reverse");
});
