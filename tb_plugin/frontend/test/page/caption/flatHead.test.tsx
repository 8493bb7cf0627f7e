// @vitest-environment happy-dom
/** A head without levels above its groups, in a run that ends in "train". */

import { render } from "preact";
import { beforeAll, expect, test } from "vitest";
import { start } from "../../../src/loading/startup.ts";
import { Tooltip } from "../../../src/matrix/Tooltip.tsx";
import { leftOut } from "../../../src/matrix/zoomed/filterReasons.ts";
import { captionParts } from "../../../src/page/caption/captionParts.ts";
import { useSource } from "../../../src/server/source.ts";
import * as view from "../../../src/state/all.ts";
import { memorySource, petsRun } from "../../memorySource.ts";
import { petsJson } from "../../pets.ts";
import { until } from "../../until.ts";

beforeAll(async () => {
  const run = { ...petsRun, run: "pretrain", name: "pretrain", split: "" };
  const flat = {
    ...petsJson,
    sizes: [5, 5, 5, 5],
    levels: [petsJson.levels[2]!],
  };
  useSource({
    ...memorySource([run]),
    hierarchy: async () => structuredClone(flat) as never,
  });
  await start({ run: run.run, between: "30" });
  await until(() => view.epoch.value !== null);
});

test("between groups that there are not nothing is left out", () => {
  expect(leftOut()).toBe(null);
  const said = captionParts().map(([text]) => text);
  expect(said.some((text) => / errors? in \d/.test(text))).toBe(true);
});

test("a run is of training by its split, not by its name", () => {
  const said = captionParts().map(([text]) => text);
  expect(said.some((text) => text.includes("while training"))).toBe(false);
});

test("what stands for five classes is a group", async () => {
  const [leaf] = view.tree.value!.leaves;
  view.hover.value = { rows: leaf!, columns: null, x: 400, y: 300 };
  render(<Tooltip />, document.body);
  await expect
    .poll(() => document.querySelector("dt")?.textContent)
    .toBe("group");
  expect(document.body.textContent).toContain("5 classes");
});
