// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test, vi } from "vitest";
import { reload } from "../../src/loading/series.ts";
import {
  answered,
  followResponses,
} from "../../src/responses/data/loadResponses.ts";
import { LikenessMap } from "../../src/responses/map/LikenessMap.tsx";
import { listenToLayers } from "../../src/responses/ResponsesView.tsx";
import { type Query, useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { tab } from "../../src/state/tabs.ts";
import { memorySource, petsRun } from "../memorySource.ts";
import { pets, petsMatrix } from "../pets.ts";

const layers = ["input", "block/conv"].map((name) => ({
  key: name.replace("/", "_"),
  name,
}));

const part = (name: string): HTMLElement | null =>
  document.querySelector(`[data-testid=${name}]`);

test("a last layer that cannot be read names itself and leaves the others", async () => {
  HTMLCanvasElement.prototype.getContext = () => null;
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  const run = { ...petsRun, means: ["block_conv", "input"] };
  useSource({
    ...memorySource([run]),
    json: async <Answer,>(route: string, { layer: key }: Query) => {
      if (route !== "responses") throw new Error("not logged");
      const unreadable = {
        layers,
        layer: "block_conv",
        name: "block/conv",
        error: "Nothing tells them apart.",
      };
      const input = { layers, layer: "input", name: "input", step: 2 };
      return (key === "input" ? input : unreadable) as Answer;
    },
    bytes: async (_route, { layer: key }) => {
      if (key !== "input") throw new Error("Nothing tells them apart.");
      return petsMatrix.slice(0);
    },
  });
  tab.value = "responses";
  followResponses();
  listenToLayers();
  await reload();
  view.tree.value = pets;
  view.goToStep(2);
  render(<LikenessMap />, document.body);
  await expect
    .poll(() => part("no-responses")?.textContent)
    .toMatch(/block\/conv.?: Nothing tells them apart\./);
  const slider = part("layer-slider") as HTMLInputElement;
  expect([slider.value, slider.max, slider.disabled]).toEqual([
    "1",
    "1",
    false,
  ]);
  const press = (key: string): boolean =>
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true }),
    );
  press("ArrowLeft");
  await expect.poll(() => answered.value?.found.layer).toBe("input");
  await expect.poll(() => part("response-layer")?.textContent).toBe("input");
  // And back, asked for by name.
  press("ArrowRight");
  await expect
    .poll(() => part("no-responses")?.textContent)
    .toContain("Nothing tells them apart.");
  expect((part("layer-slider") as HTMLInputElement).value).toBe("1");
});
