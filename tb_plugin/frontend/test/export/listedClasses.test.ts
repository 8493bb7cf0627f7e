// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { EXPORTS } from "../../src/export/exports.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { scores } from "../../src/panel/classes/listedClasses.ts";
import { goTo } from "../../src/panel/listedPairs.ts";
import { followTests } from "../../src/panel/surprise/TestNote.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { classSort, sortBy } from "../../src/state/confusionListSort.ts";
import { memorySource } from "../memorySource.ts";
import { until } from "../until.ts";

/** What the file of an export is called. */
async function nameOf(wanted: string): Promise<string> {
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:");
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click");
  click.mockReturnValue();
  await EXPORTS.find(({ id }) => id === wanted)!.make([]);
  const { download } = click.mock.contexts.at(-1) as HTMLAnchorElement;
  vi.restoreAllMocks();
  return download;
}

test("the menu says whether all classes are saved", async () => {
  useSource(memorySource());
  await start({});
  await until(() => scores.value !== null);
  const said = (key: "recall" | "sinks" | "misplaced"): string => {
    classSort.value = { key, flipped: false };
    return EXPORTS.find(({ id }) => id === "classes")!.what;
  };
  expect(said("recall")).toBe("All classes");
  // None is predicted too often, and nothing was asked of what is misplaced.
  expect(said("sinks")).toBe("Listed classes");
  expect(said("misplaced")).toBe("Listed classes");
});

test("what is still computed, or failed, is no empty file", async () => {
  const memory = memorySource();
  useSource({
    ...memory,
    agreement: () => new Promise(() => undefined),
    surprise: async () => {
      throw new Error("the server has gone");
    },
  });
  await reload();
  view.goToStep(1);
  await until(() => view.drawnStep.value === 1);
  const saved = vi.spyOn(URL, "createObjectURL");
  const make = (wanted: string): unknown =>
    EXPORTS.find(({ id }) => id === wanted)!.make([]);
  classSort.value = { key: "misplaced", flipped: false };
  expect(() => make("classes")).toThrow("still being compared");
  sortBy("surprise");
  expect(() => make("confusions")).toThrow("still being tested");
  followTests();
  await expect
    .poll(() => {
      try {
        return make("confusions");
      } catch (error) {
        return String(error);
      }
    })
    .toContain("the server has gone");
  expect(saved).not.toHaveBeenCalled();
  sortBy("count");
  view.goToStep(2);
  await until(() => view.drawnStep.value === 2);
});

test("a file is named by the group that its classes are of", async () => {
  classSort.value = { key: "recall", flipped: false };
  const { ids } = view.tree.value!;
  view.select(ids.indexOf("husky"));
  // Of a class its group is listed.
  expect(EXPORTS.find(({ id }) => id === "classes")!.what).toBe(
    "All classes of dog",
  );
  expect(await nameOf("classes")).toMatch(/epoch2-dog-classes\.csv$/);
  expect(await nameOf("scores")).toMatch(/epoch2-husky-scores\.csv$/);
  // The list of confusions stays while one goes through it.
  const [rows, columns] = [ids.indexOf("husky"), ids.indexOf("pug")];
  goTo({ rows, columns, count: 2 });
  expect(await nameOf("confusions")).toMatch(/epoch2-husky-confusions\.csv$/);
  expect(await nameOf("scores")).toMatch(/husky-as-pug-scores\.csv$/);
  view.select(0);
});

test("of several runs every number of a class is the mean", async () => {
  const memory = memorySource();
  useSource({
    ...memory,
    series: async (run, output) => {
      const found = await memory.series(run, output);
      const of = { runs: 3, wall_time: 9 };
      return { ...found, epochs: found.epochs.map((e) => ({ ...e, ...of })) };
    },
  });
  await reload();
  await until(() => view.loggedEpoch.value?.sums.runs === 3);
  classSort.value = { key: "recall", flipped: false };
  const saved = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:");
  await EXPORTS.find(({ id }) => id === "classes")!.make([]);
  const text = await (saved.mock.calls[0]![0] as Blob).text();
  expect(await nameOf("classes")).toMatch(/-classes\.csv$/);
  const [head, worst] = text.split("\r\n").map((line) => line.split(","));
  const row = Object.fromEntries(head!.map((key, i) => [key, worst![i]]));
  // Of ten samples nine are right, in three runs together.
  expect(row.name).toBe("husky");
  const of = (key: string): number => Number(row[key]);
  expect(of("samples")).toBeCloseTo(10 / 3, 9);
  expect(of("tp")).toBeCloseTo(3, 9);
  expect(of("tp") / of("samples")).toBeCloseTo(of("recall"), 5);
  expect(of("tp") / of("predicted")).toBeCloseTo(of("precision"), 5);
  expect(of("predicted") / of("samples")).toBeCloseTo(
    of("predicted_per_actual"),
    5,
  );
});
