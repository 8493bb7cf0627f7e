// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { EXPORTS } from "../../src/export/exports.ts";
import { start } from "../../src/loading/startup.ts";
import { scores } from "../../src/panel/classes/listedClasses.ts";
import { useSource } from "../../src/server/source.ts";
import { classSort } from "../../src/state/confusionListSort.ts";
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
