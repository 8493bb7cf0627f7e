// @vitest-environment happy-dom
import { batch } from "@preact/signals";
import { beforeAll, expect, test } from "vitest";
import { captionParts } from "../../../src/page/caption/captionParts.ts";
import * as view from "../../../src/state/all.ts";
import { pets, petsEpoch } from "../../pets.ts";

beforeAll(() => {
  batch(() => {
    view.tree.value = pets;
    view.loggedEpoch.value = petsEpoch;
    view.level.value = 2;
    view.setWindow(view.fullWindow());
  });
});

const said = (): string[] =>
  captionParts()
    .map(([text]) => text)
    .filter((text) => text.includes("errors in"));

test("errors are in as many cells whatever else is shown", async () => {
  view.shownCells.value = "errors";
  await expect.poll(said).toHaveLength(1);
  const [errors] = said();
  view.shownCells.value = "all";
  expect(said()).toEqual([errors]);
});
