// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { EXPORTS } from "../../src/export/exports.ts";
import { reload } from "../../src/loading/series.ts";
import { start } from "../../src/loading/startup.ts";
import { scores } from "../../src/panel/classes/listedClasses.ts";
import { useSource } from "../../src/server/source.ts";
import { classSort } from "../../src/state/confusionListSort.ts";
import * as view from "../../src/state/view.ts";
import { memorySource } from "../memorySource.ts";
import { until } from "../until.ts";

test("the menu says whether all classes are saved", async () => {
  useSource(memorySource());
  await start({});
  await until(() => scores.value !== null);
  const said = (key: "recall" | "sinks" | "misplaced"): string => {
    classSort.value = { key, flipped: false };
    return EXPORTS.find(({ id }) => id === "classes")!.what;
  };
  expect(said("recall")).toBe("All classes of the selection");
  // None is predicted too often, and nothing was asked of what is misplaced.
  expect(said("sinks")).toBe("Listed classes of the selection");
  expect(said("misplaced")).toBe("Listed classes of the selection");
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
