// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { listenToColumns } from "../../src/layers/LayersView.tsx";
import { listenToLists } from "../../src/quality/QualityView.tsx";
import { listenToLayers } from "../../src/responses/ResponsesView.tsx";
import { listenToWalk } from "../../src/samples/grid/gridKeys.ts";

const VIEWS: [view: string, listen: () => () => void][] = [
  ["Samples", () => listenToWalk({ current: null })],
  ["Quality", () => listenToLists(() => {})],
  ["Layers", () => listenToColumns(() => {})],
  ["Responses", listenToLayers],
];

/** Whether a control gets an arrow key, or the view takes it. */
function reaches(control: string): boolean {
  document.body.innerHTML = control;
  let has = false;
  const target = document.body.firstElementChild!;
  target.addEventListener("keydown", () => {
    has = true;
  });
  const init = { key: "ArrowRight", bubbles: true, cancelable: true };
  const event = new KeyboardEvent("keydown", init);
  target.dispatchEvent(event);
  return has && !event.defaultPrevented;
}

let stop = (): void => {};
afterEach(() => stop());

test.each(VIEWS)(
  "%s leaves arrow keys to the control that has the focus",
  (_, listen) => {
    stop = listen();
    expect(reaches("<p></p>")).toBe(false);
    for (const control of [
      '<div role="slider"></div>',
      '<div role="tablist"></div>',
      '<input type="range">',
      "<select></select>",
    ]) {
      expect(reaches(control), control).toBe(true);
    }
  },
);
