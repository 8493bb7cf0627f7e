// @vitest-environment happy-dom
import { render } from "preact";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { followLink } from "../../../src/loading/followLink.ts";
import { start } from "../../../src/loading/startup.ts";
import { ClassScatter } from "../../../src/panel/classes/ClassScatter.tsx";
import {
  brushed,
  leavesOut,
  listAll,
  order,
  scores,
} from "../../../src/panel/classes/listedClasses.ts";
import { useSource } from "../../../src/server/source.ts";
import * as view from "../../../src/state/all.ts";
import { currentLink } from "../../../src/state/link.ts";
import { memorySource } from "../../memorySource.ts";
import { until } from "../../until.ts";

// Of ten samples each, nine huskies are right, and all others.
const ALL_RIGHT = "0 -50 1000 50";
const WITH_ERRORS = "0 60 1000 200";
const CLASSES = { classes: "recall", step: "2" };

function Panel() {
  const [tree, of] = [view.tree.value, scores.value];
  return tree && of && <ClassScatter tree={tree} of={of} />;
}

const listed = (): string[] =>
  [...order.value]
    .map((at) => view.tree.value!.names[scores.value!.nodes[at]!]!)
    .sort();
const inAddress = (): string | undefined => currentLink.value?.scatter;
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 9));

async function follow(link: object): Promise<void> {
  await followLink({ ...CLASSES, ...link });
  await settle();
}

/** Drags a rectangle around the dots of the classes without errors. */
async function drag(): Promise<void> {
  const target = document.querySelector(".dots")!;
  const fire = async (type: string, x: number, y: number): Promise<void> => {
    const at = { clientX: x, clientY: y, bubbles: true };
    target.dispatchEvent(new PointerEvent(type, at));
    await settle();
  };
  await fire("pointerdown", 40, 0);
  await fire("pointermove", 300, 15);
  await fire("pointerup", 300, 15);
}

beforeAll(async () => {
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) =>
    setTimeout(callback, 1),
  );
  HTMLCanvasElement.prototype.getContext = () => null;
  Element.prototype.setPointerCapture = () => {};
  useSource(memorySource());
  view.pageSize.value = { width: 1440, height: 836 };
  await start(CLASSES);
  await until(() => view.epoch.value);
  render(<Panel />, document.body);
  await settle();
});

beforeEach(async () => {
  await follow({});
  listAll();
  await settle();
});

test("a rectangle lists the classes in it, and stands in the address", async () => {
  await drag();
  expect(listed()).toEqual(["bus", "pug", "tabby"]);
  expect(inAddress()).toMatch(/^0 -\d+ \d+ \d+$/);
});

test("a link without a rectangle takes away that which was dragged", async () => {
  await drag();
  await follow({});
  expect([leavesOut.value, brushed.value]).toEqual([false, null]);
  expect(inAddress()).toBeUndefined();
});

test("a link's rectangle takes the place of another, back and forth", async () => {
  await drag();
  const dragged = inAddress()!;
  await follow({ scatter: WITH_ERRORS });
  expect([listed(), inAddress()]).toEqual([["husky"], WITH_ERRORS]);
  await follow({ scatter: dragged });
  expect([listed(), inAddress()]).toEqual([["bus", "pug", "tabby"], dragged]);
  await follow({ scatter: WITH_ERRORS });
  expect([listed(), inAddress()]).toEqual([["husky"], WITH_ERRORS]);
});

test("a link's rectangle is that of the group that the link selects", async () => {
  await drag();
  await follow({ rows: "dog", scatter: ALL_RIGHT });
  expect([listed(), inAddress()]).toEqual([["pug"], ALL_RIGHT]);
  await follow({ scatter: WITH_ERRORS });
  expect([listed(), inAddress()]).toEqual([["husky"], WITH_ERRORS]);
});

test("a rectangle that a link only claims does not stay in the address", async () => {
  await drag();
  await follow({ scatter: "0 0 1" });
  expect([leavesOut.value, inAddress()]).toEqual([false, undefined]);
});

test("who selects another group sees all classes of it", async () => {
  await follow({ scatter: ALL_RIGHT });
  expect(leavesOut.value).toBe(true);
  view.select(view.tree.value!.names.indexOf("dog"));
  await settle();
  expect([listed(), inAddress()]).toEqual([["husky", "pug"], undefined]);
});
