// @vitest-environment happy-dom
import { batch } from "@preact/signals";
import { render } from "preact";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { readEpoch } from "../../../src/confusion/cells.ts";
import { ClassTable } from "../../../src/panel/classes/ClassTable.tsx";
import { brush } from "../../../src/panel/classes/listedClasses.ts";
import * as view from "../../../src/state/all.ts";
import { classBox, classSort } from "../../../src/state/confusionListSort.ts";
import { encode, pets } from "../../pets.ts";

beforeAll(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
});

afterEach(() => {
  render(null, document.body);
  classBox.value = "";
  brush.value = null;
});

type Rows = Parameters<typeof encode> extends [number, ...infer R] ? R : never;

/** What is said of classes of a group, sorted by something. */
function told(key: string, group: string, ...rows: Rows): string {
  const epoch = readEpoch(encode(4, ...rows), pets);
  const node = group ? pets.names.indexOf(group) : 0;
  batch(() => {
    view.tree.value = pets;
    view.loggedEpoch.value = epoch;
    view.run.value = "a";
    view.select(node);
    classSort.value = { key, flipped: false } as never;
  });
  render(<ClassTable tree={pets} epoch={epoch} />, document.body);
  return document.body.textContent ?? "";
}

test("without samples there is no worst class, nor a rectangle", () => {
  // Of the bus and the tabby alone.
  const said = told("worst", "dog", [1, 0, 0, 1], [0, 3], [9, 9], {});
  expect(said).toContain("No class has samples.");
});

test("the worst are said to be so by the upper end of an interval", () => {
  const some = [[1, 1, 1, 1], [0, 1, 2, 3], [9, 9, 9, 9], {}] as const;
  const by = "Lowest upper end of the recall’s 95 % interval first";
  expect(told("worst", "", ...(some as unknown as Rows))).toContain(by);
  expect(told("recall", "", ...(some as unknown as Rows))).not.toContain(by);
});

test("no class of a rectangle around all is predicted too often", async () => {
  classBox.value = "0 0 1000 1000";
  const even = [[1, 1, 1, 1], [0, 1, 2, 3], [9, 9, 9, 9], {}] as const;
  told("sinks", "", ...(even as unknown as Rows));
  await expect
    .poll(() => document.body.textContent)
    .toContain(
      "No class in the rectangle is predicted more often than chance allows.",
    );
});
