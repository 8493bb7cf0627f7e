// @vitest-environment happy-dom
import { render } from "preact";
import { beforeAll, expect, test, vi } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { MatrixView } from "../../src/page/MatrixView.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { memorySource } from "../memorySource.ts";
import { until } from "../until.ts";

const frames: FrameRequestCallback[] = [];
const names = (): number =>
  document.querySelectorAll('[data-testid="tree-actual"] .node').length;
const later = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

beforeAll(async () => {
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) =>
    frames.push(frame),
  );
  HTMLCanvasElement.prototype.getContext = () => null;
  useSource(memorySource());
  view.pageSize.value = { width: 1440, height: 836 };
  render(<MatrixView />, document.body);
  for (const frame of frames.splice(0)) frame(0);
  await start({});
  await until(() => view.epoch.value);
  await later();
});

test("names come after the frame of the first matrix, and stay", async () => {
  expect(names()).toBe(0);
  for (const frame of frames.splice(0)) frame(0);
  await later();
  expect(names()).toBeGreaterThan(0);
  view.goToStep(1);
  await until(() => view.drawnStep.value === 1);
  await later();
  expect(names()).toBeGreaterThan(0);
});
