// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import * as choices from "../../src/samples/selection/choices.ts";
import { linkWithoutTree, restoreLink } from "../../src/state/link.ts";

const said = (): string | undefined => linkWithoutTree().samples;

beforeAll(() => choices.followLink());
beforeEach(() => restoreLink({ view: "samples" }));

test("a link without choices among samples takes all of them back", () => {
  choices.low.value = 0.5;
  choices.ranks.value = new Set([2]);
  choices.grouping.value = "predicted";
  choices.pinned.value = 17;
  expect(said()).toBe("by=predicted&from=0.5&ranks=2&sample=17");
  restoreLink({ view: "samples" });
  expect(choices.isFilter.value).toBe(false);
  expect([choices.grouping.value, choices.pinned.value]).toEqual([
    "actual",
    null,
  ]);
  expect(said()).toBeUndefined();
});

test("a link to other choices among samples is followed, back and forth", () => {
  const links = ["from=0.5&sample=17", "by=predicted&ranks=2%2C3", "size=96"];
  for (const samples of [...links, ...links.toReversed()]) {
    restoreLink({ view: "samples", samples });
    expect(said()).toBe(samples);
  }
  restoreLink({ view: "samples", samples: links[0]! });
  expect([choices.low.value, choices.pinned.value]).toEqual([0.5, 17]);
  choices.size.value = 96;
  expect(said()).toBe("size=96&from=0.5&sample=17");
});

test.each([
  ["nonsense", undefined],
  ["sample=x&by=constructor", undefined],
  ["sample=17&nonsense=1", "sample=17"],
  ["from=0.501", "from=0.5"],
])("of %s the address says what is shown: %s", (samples, shown) => {
  restoreLink({ view: "samples", samples });
  expect(said()).toBe(shown);
});

test("a threshold between the hundredths of a link stays where it is", () => {
  choices.low.value = 0.123;
  expect(said()).toBe("from=0.12");
  expect(choices.low.value).toBe(0.123);
});
