// @vitest-environment happy-dom
import { beforeAll, expect, test, vi } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { glideTo, zoomTo } from "../../src/matrix/gestures/zoom.ts";
import { listenToLayers } from "../../src/responses/ResponsesView.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { fourTens } from "../fourTens.ts";
import { petsRun } from "../memorySource.ts";
import { until } from "../until.ts";

let reached = 0;
const press = (key: string): void => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true });
  document.body.dispatchEvent(event);
};

beforeAll(async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  useSource(fourTens);
  await start({ run: petsRun.run });
  await until(() => view.epoch.value !== null);
  document.addEventListener("keydown", () => reached++);
});

test("a zoom of this view is undone also after one before it was left by 0", () => {
  const group = (name: string) => {
    const node = view.tree.value!.ids.indexOf(name);
    return { rows: node, columns: node };
  };
  zoomTo(group("g1"));
  glideTo(view.fullWindow());
  const whole = view.shownWindow.value;
  const stop = listenToLayers();
  zoomTo(group("g1"));
  expect(view.shownWindow.value).not.toEqual(whole);
  press("Escape");
  expect(view.shownWindow.value).toEqual(whole);
  expect(reached).toBe(0);
  // Nothing is left to undo: the page leaves the view.
  press("Escape");
  expect(reached).toBe(1);
  stop();
});
