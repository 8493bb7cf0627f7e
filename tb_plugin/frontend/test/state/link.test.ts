import { afterEach, expect, test } from "vitest";
import * as view from "../../src/state/all.ts";
import {
  decodeLink,
  encodeLink,
  fragmentWith,
  isStep,
  type LinkTexts,
  linkInFragment,
} from "../../src/state/link/address.ts";
import {
  currentLink,
  FIELDS,
  linkWithoutTree,
  restoreLink,
  restoreLinkOn,
} from "../../src/state/link.ts";
import { wantedOrder } from "../../src/state/siblingOrder.ts";
import { pets } from "../pets.ts";

const link: LinkTexts = {
  run: "a & b/validation",
  output: "conv4_groups30",
  step: "37",
  level: "162",
  value: "share",
  rows: "n02084071",
  columns: "n=1&2",
  window: "1.5 20 118",
};

/** A text of every key, none of them usual, that goes with the others. */
const EVERY: LinkTexts[] = [
  {
    run: "plain/validation",
    output: "class",
    step: "3",
    level: "2",
    value: "excess",
    show: "all",
    order: "recall 50 class plain/validation",
    closed: "dog\na & b",
    opened: "cat",
    closedColumns: "",
    openedColumns: "animal",
    scale: "sqrt",
    bars: "support",
    least: "3",
    from: "0.02",
    below: "0.4",
    within: "2",
    only: "dog & cat",
    rows: "dog",
    columns: "bus",
    sort: "-distance",
    parts: "recall",
    list: "long",
    classes: "-over",
    with: "heads/validation",
    withOutput: "conv4_groups30",
    withStep: "7",
    as: "side",
    changes: "beyond",
    threshold: "95",
    curves: "one",
    speed: "8",
    view: "samples",
    samples: "by=both&ranks=2%2C6",
    entry: "overlapping 3 4",
    layer: "backbone/conv 4",
    promise: "90",
    window: "0.5 1 2",
  },
  { between: "162", with: "epochs", many: "12", box: "1 3 3 0" },
  { classes: "rank", scatter: "10 20 300 1000" },
  { sort: "surprise" },
  { with: "heads/validation", withStep: "last" },
  { sort: "-oneway" },
];

afterEach(() => {
  restoreLink({});
  view.selection.value = { rows: 0, columns: 0 };
});

test("a link survives the way through an address", () => {
  expect(linkInFragment(fragmentWith("#blocks", link))).toEqual(link);
});

test("the way through an address leaves a link as it was written", () => {
  const text = encodeLink({ run: "a", output: "b", step: "3" });
  expect(encodeLink(decodeLink(text))).toBe(text);
});

test("what others keep in the address stays there", () => {
  const first = fragmentWith("#blocks&p.scalars.x=1", { step: "1" });
  expect(first).toContain("p.scalars.x=1");
  const second = fragmentWith(first, { step: "2" });
  expect(second.match(/p\.blocks\.s=/g)).toHaveLength(1);
  expect(linkInFragment(second)).toEqual({ step: "2" });
});

test("an address without a tab gets ours", () => {
  expect(fragmentWith("", { step: "1" })).toMatch(/^#blocks&p\.blocks\.s=/);
});

test("every key of the table is tried, and only those", () => {
  const tried = new Set(EVERY.flatMap((texts) => Object.keys(texts)));
  expect(tried).toEqual(new Set(FIELDS.flatMap(({ keys }) => keys)));
  const keys = FIELDS.flatMap((field) => field.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(EVERY)("there and back: %o", (texts) => {
  view.tree.value = pets;
  view.epochs.value = [{ step: 1, wall_time: 0 }];
  view.settledWindow.value = { x: 0, y: 0, span: 4 };
  restoreLink(decodeLink(encodeLink(texts)));
  // What a link asks for is not yet what is shown.
  view.run.value = view.wantedSeries.value.run ?? "";
  view.output.value = view.wantedSeries.value.output ?? "";
  view.goToStep(view.wantedSeries.value.step ?? view.NO_EPOCH);
  restoreLinkOn(pets, texts);
  const { order, ...others } = texts;
  if (order) expect(wantedOrder.value.by).toBe("recall");
  expect(currentLink.value).toMatchObject(others);
  const unsaid = { run: "", output: "" };
  expect({ ...unsaid, ...others }).toMatchObject(currentLink.value!);
});

test("what is as usual is not in a link", () => {
  restoreLink({});
  const { run: _, output: __, step: ___, ...said } = linkWithoutTree();
  expect(said).toEqual({});
  expect(decodeLink("")).toEqual({});
});

test("what a link leaves out is as usual again", () => {
  restoreLink(EVERY[0]!);
  expect(view.level.value).toBe(2);
  restoreLink({ level: "9" });
  expect(linkWithoutTree()).toMatchObject({ level: "9" });
  expect(linkWithoutTree()).not.toHaveProperty("only");
});

test("hostile links are taken for empty ones", () => {
  const hostile =
    "step=1.5&level=x&window=1 2&value=<b>&many=9999&speed=3&sort=constructor" +
    "&box=1 2 3&within=1.5&least=-3&below=&from=NaN&__proto__=x&nonsense=1";
  view.tree.value = pets;
  restoreLink(decodeLink(hostile));
  restoreLinkOn(pets, decodeLink(`${hostile}&window=1 2 Infinity`));
  const { run: _, output: __, step: ___, ...said } = linkWithoutTree();
  expect(said).toEqual({});
  expect(view.wantedSeries.value.step).toBe(view.NO_EPOCH);
  expect(linkInFragment("#blocks&p.blocks.s=%E0%A4%A")).toEqual({});
});

test.each([
  ["the selection", { rows: "cat" }, true],
  ["a rectangle", { box: "1 2 3 4" }, true],
  ["the zoom", { window: "0 0 2" }, true],
  ["the view", { view: "samples" }, true],
  ["the run", { run: "b" }, true],
  ["the output", { output: "conv4" }, true],
  ["the epoch", { step: "2" }, false],
  ["a filter", { from: "2" }, false],
  ["a comparison", { with: "b" }, false],
])("a change of %s is a step of the history: %o, %s", (_, change, expected) => {
  const from = { run: "a", output: "class", step: "1", rows: "dog" };
  const to = { ...from, ...change };
  expect(isStep(from, to, true)).toBe(expected);
  expect(isStep(to, from, true)).toBe(expected);
  expect(isStep(from, { ...from }, true)).toBe(false);
});

test("what another tree does to the selection is no step", () => {
  const from = { run: "a", rows: "dog", window: "0 0 2" };
  expect(isStep(from, { run: "a" }, false)).toBe(false);
  expect(isStep(from, { run: "b" }, false)).toBe(true);
});
