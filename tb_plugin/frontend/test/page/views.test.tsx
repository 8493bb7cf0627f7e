// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeAll, expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { App } from "../../src/page/App.tsx";
import { helpIsOpen, shortcuts } from "../../src/page/keyboard.ts";
import {
  entries,
  inOrder,
  openView,
  views,
  withKnownView,
} from "../../src/page/views.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { ERRORS, tab } from "../../src/state/tabs.ts";
import type { View } from "../../src/state/views.ts";
import { memorySource } from "../memorySource.ts";
import { until } from "../until.ts";

let loads = 0;

/** Everything that a view has to bring: the page knows nothing else of it. */
const dummy: View = {
  key: "dummy",
  name: "Dummy view",
  place: 2.5,
  isOffered: () => true,
  toggledBy: { keys: ["d"], does: "the dummy" },
  parts: () => {
    loads++;
    return {
      Middle: () => <p data-testid="dummy-middle">in the middle</p>,
      Side: ({ tree }) => <p data-testid="dummy-side">{tree.names[0]}</p>,
      Choices: () => <button type="button">its choice</button>,
      caption: () => [["a phrase of its own", 0]],
      shortcuts: [{ keys: ["x"], does: "something of its own" }],
    };
  },
};

const own = views.value;
/** What its folder adds: an entry that the page finds by its name. */
const withDummy = inOrder({ ...entries, "../dummy/view.ts": dummy });
const text = (id: string): string | undefined =>
  document.querySelector(`[data-testid="${id}"]`)?.textContent ?? undefined;

beforeAll(async () => {
  HTMLCanvasElement.prototype.getContext = () => null;
  views.value = withDummy;
  useSource(memorySource());
  view.pageSize.value = { width: 1440, height: 836 };
  await start({});
  await until(() => view.tree.value);
  render(<App />, document.body);
  await until(() => text("tab-dummy"));
});

afterEach(() => {
  tab.value = ERRORS;
  helpIsOpen.value = false;
});

test("a view that has a folder has a tab, and its code is asked for when it opens", async () => {
  expect(loads).toBe(0);
  expect(withDummy.map(({ key }) => key)).toEqual([
    "samples",
    "layers",
    "dummy",
    "responses",
    "quality",
    "answers",
  ]);
  (document.querySelector('[data-testid="tab-dummy"]') as HTMLElement).click();
  expect(openView.value).toBe(dummy);
  await expect.poll(() => text("dummy-middle")).toBe("in the middle");
  expect(text("dummy-side")).toBe("all");
  expect(text("topbar")).toContain("its choice");
  expect(text("caption")).toContain("a phrase of its own");
  expect(loads).toBeGreaterThan(0);
});

test("the matrix is back when its tab is chosen", async () => {
  tab.value = dummy.key;
  await expect.poll(() => text("dummy-middle")).toBeDefined();
  (document.querySelector('[data-testid="tab-errors"]') as HTMLElement).click();
  await expect.poll(() => text("dummy-middle")).toBeUndefined();
  expect(text("caption")).not.toContain("a phrase of its own");
});

test("its key opens and closes it, and the help says so", async () => {
  const key = shortcuts().find(({ keys }) => keys[0] === "d")!;
  key.act("d");
  expect(tab.value).toBe("dummy");
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  helpIsOpen.value = true;
  await expect.poll(() => text("help")).toContain("something of its own");
  expect(text("help")).toContain("Dummy view");
  key.act("d");
  expect(tab.value).toBe(ERRORS);
});

test("a view with nothing to show has no tab", async () => {
  views.value = [...own, { ...dummy, isOffered: () => false }];
  await expect.poll(() => text("tab-dummy")).toBeUndefined();
  views.value = withDummy;
});

test("a link to a view that there is not leads to the matrix", () => {
  expect(withKnownView({ view: "dummy", step: "3" })).toHaveProperty("view");
  expect(withKnownView({ view: "nonsense", step: "3" })).toEqual({
    step: "3",
  });
});
