// @vitest-environment happy-dom
import { beforeAll, expect, test } from "vitest";
import { reorder } from "../../src/loading/reorder.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { ordering } from "../../src/state/siblingOrder.ts";
import { memorySource, petsRun, seriesAt } from "../memorySource.ts";
import { petsJson } from "../pets.ts";
import { until } from "../until.ts";

const { run } = petsRun;
const TURNED = "all car bus animal cat tabby dog husky pug".split(" ");
/** When each epoch was logged, and the order by the confusions of the first. */
let times = [1, 2];
let ids = petsJson.ids;
let asked = 0;

const classes = (): string | null => {
  const { value: tree } = view.tree;
  return tree && [...tree.leaves].map((leaf) => tree.ids[leaf]).join(" ");
};

beforeAll(async () => {
  const memory = memorySource();
  useSource({
    ...memory,
    series: seriesAt(() => times),
    matrix: (of, output) => memory.matrix(of, output, 1),
    order: async () => {
      asked++;
      return [...ids];
    },
  });
  await start({ run, step: "2" });
  await reorder({ by: "confusion", run, output: "class", step: 1 });
  await until(() => classes() === "pug husky tabby bus");
});

test("a later epoch does not ask for the order of an earlier one", async () => {
  times = [1, 2, 3];
  const { value } = ordering;
  await reload();
  await expect.poll(() => view.epochs.value.length).toBe(3);
  await new Promise((done) => setTimeout(done, 50));
  expect(asked).toBe(1);
  expect(ordering.value).toBe(value);
});

test("an epoch that is logged again orders siblings again", async () => {
  // Till it has come that far, a resumed run lists no such epoch.
  times = [];
  await reload();
  times = [11];
  ids = TURNED;
  await reload();
  await expect.poll(classes).toBe("bus tabby husky pug");
  expect(asked).toBe(2);
});
