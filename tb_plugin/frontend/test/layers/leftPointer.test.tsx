// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import * as layers from "../../src/layers/LayersView.tsx";
import { chooseRun } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import type { LayersAnswer } from "../../src/server/layersAnswer.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { until } from "../until.ts";

/** A record of layers that differ in nothing but that the last is best. */
function answer(names: string[]): LayersAnswer {
  const per = <T,>(value: T): T[] => names.map(() => value);
  const none = per(null);
  const right = names.map((_, at) => [0.9, 0.8, 0.7 + at / 100]);
  const record = {
    ...{ hierarchy: "h", samples: 40, folds: 5, controls: 0 },
    ...{ groups: [2, 3, 4], layers: names, shapes: per("8") },
    ...{ pools: per(""), features: per(8), penalty: per(1) },
    ...{ at_edge: per(false), right, right_se: right, recall: right },
    ...{ recall_se: right, over: per([null, null, null]) },
    ...{ over_se: per([null, null, null]), behind: per(0) },
    ...{ behind_se: per(0), alignment: per(0.1), alignment_se: per(0.1) },
    ...{ alignment_over: none, alignment_over_se: none },
    ...{ reliability: per(0.9), band: 0.01, adds_loss: none },
    ...{ adds_loss_se: none, adds_error: none, adds_error_se: none },
    ...{ asked: [], asked_error: [], asked_error_se: [] },
    ...{ asked_over: [], asked_over_se: [], adds_loss_over: none },
    ...{ adds_loss_over_se: none, adds_error_over: none },
    ...{ adds_error_over_se: none },
    ...{ output_right: null, control_layers: [], control_right: [] },
    ...{ control_recall: [], control_alignment: [] },
  };
  const untested = { found: none, tested: 0, rate: 0.05 };
  return {
    step: 2,
    steps: [2],
    sentences: ["one", "other"],
    beaten: null,
    record,
    beyond_chance: {
      over: { ...untested, found: per([null, null, null]) },
      alignment_over: untested,
      adds_error: untested,
      adds_loss: untested,
      behind: none,
    },
    epochs: [{ step: 2, alignment: per(0.1) }],
  } as unknown as LayersAnswer;
}

const show = (): void =>
  render(
    <main>
      <layers.Middle />
      <aside>
        <layers.Side />
      </aside>
    </main>,
    document.body,
  );

const columns = (): Element[] => [
  ...document.querySelectorAll("[data-testid=layer]"),
];
const told = (): string | null | undefined =>
  document.querySelector("[data-testid=layer-name]")?.textContent;

test("a pointer that was on a layer is on none where the view is open again", async () => {
  const many = { ...petsRun, layers: ["class"] };
  const few = { ...many, run: "few/validation", name: "few" };
  useSource({
    ...memorySource([many, few]),
    layers: async (run) =>
      answer(run === few.run ? ["c1", "c2"] : ["c1", "c2", "c3", "c4", "c5"]),
  });
  Element.prototype.scrollIntoView ??= () => undefined;
  await start({ run: many.run, view: "layers" });
  await until(() => view.epoch.value !== null);
  show();
  await expect.poll(() => columns().length).toBe(5);
  columns()[3]!.dispatchEvent(new Event("pointerenter"));
  await expect.poll(told).toContain("c4");
  // By a key: what the pointer is on goes without telling it.
  render(null, document.body);
  show();
  await expect.poll(() => columns().length).toBe(5);
  await expect.poll(told).toContain("c5");
  columns()[3]!.dispatchEvent(new Event("pointerenter"));
  await expect.poll(told).toContain("c4");
  render(null, document.body);
  tab.value = "errors";
  await chooseRun(few.run);
  tab.value = "layers";
  show();
  await expect.poll(() => columns().length).toBe(2);
  await expect.poll(told).toContain("c2");
});
