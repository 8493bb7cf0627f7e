// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { render } from "preact";
import { beforeAll, expect, test, vi } from "vitest";
import { follow } from "../../../src/loading/comparison.ts";
import { start } from "../../../src/loading/startup.ts";
import { ConfusionList, shownList } from "../../../src/panel/ConfusionList.tsx";
import { pairs } from "../../../src/panel/listedPairs.ts";
import { useSource } from "../../../src/server/source.ts";
import * as view from "../../../src/state/all.ts";
import { otherEpoch } from "../../../src/state/comparison/comparedEpoch.ts";
import { comparedRun } from "../../../src/state/comparison/comparison.ts";
import { memorySource, petsRun } from "../../memorySource.ts";
import { until } from "../../until.ts";

/** What waits for a frame of the display, which comes when a test says so. */
const waiting = new Map<number, FrameRequestCallback>();

function Panel() {
  return view.epoch.value && <ConfusionList epoch={view.epoch.value} />;
}

const list = (): Element | null =>
  document.querySelector('[data-testid="confusions"]');
const first = (): string | undefined =>
  list()?.querySelector(".number")?.textContent;
const isBusy = (): string | null | undefined =>
  list()?.getAttribute("aria-busy");

async function frame(): Promise<void> {
  for (const [request, callback] of waiting) {
    waiting.delete(request);
    callback(0);
  }
  await new Promise((done) => setTimeout(done, 5));
}

/** Goes to an epoch, whose matrix is then known but had no frame. */
async function go(step: number): Promise<void> {
  view.goToStep(step);
  await until(() => view.drawnStep.value === step);
  await new Promise((done) => setTimeout(done, 5));
}

beforeAll(async () => {
  let requests = 0;
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => {
    waiting.set(++requests, callback);
    return requests;
  });
  vi.stubGlobal("cancelAnimationFrame", (request: number) => {
    waiting.delete(request);
  });
  HTMLCanvasElement.prototype.getContext = () => null;
  useSource(
    memorySource([petsRun, { ...petsRun, run: "b/validation", name: "b" }]),
  );
  await start({});
  follow();
  await until(() => view.epoch.value);
  render(<Panel />, document.body);
  await new Promise((done) => setTimeout(done, 5));
});

test("nothing is listed before the first matrix has had its frame", async () => {
  expect(list()).toBeNull();
  await frame();
  expect(first()).toBe("1");
});

const compared = ["", "b/validation"];

for (const run of compared) {
  const of = run ? "a comparison" : "one run";

  test(`the list of ${of} follows the matrix, with its own numbers`, async () => {
    comparedRun.value = run;
    await until(() => (otherEpoch.value !== null) === (run !== ""));
    await until(() => pairs.value);
    await go(2);
    await frame();
    expect([first(), isBusy()]).toEqual(["1", "false"]);
    const before = shownList.value!;
    await go(1);
    expect(shownList.value).toBe(before);
    expect(before.epoch).not.toBe(view.epoch.value);
    expect([first(), isBusy()]).toEqual(["1", "true"]);
    await frame();
    expect(shownList.value?.epoch).toBe(view.epoch.value);
    expect([first(), isBusy()]).toEqual(["2", "false"]);
    expect(shownList.value?.found?.change !== undefined).toBe(run !== "");
  });

  test(`however fast one goes through ${of}, the last is listed`, async () => {
    for (const steps of [[2, 1], [2, 1, 2], [1, 2, 1, 2, 1], [2]]) {
      for (const step of steps) await go(step);
      let lists = -1;
      const stop = effect(() => {
        shownList.value;
        lists++;
      });
      await frame();
      stop();
      expect(lists).toBeLessThanOrEqual(1);
      expect(shownList.value?.epoch).toBe(view.epoch.value);
      expect(shownList.value?.found).toBe(pairs.value);
      expect([first(), isBusy()]).toEqual([
        steps.at(-1) === 1 ? "2" : "1",
        "false",
      ]);
    }
  });
}

test("what is selected of an epoch that is listed is listed at once", () => {
  const all = shownList.value!.found!.list.length;
  view.select(view.tree.value!.names.indexOf("pug"));
  expect(shownList.value!.found).toBe(pairs.value);
  expect(shownList.value!.found!.list.length).toBeLessThan(all);
});
