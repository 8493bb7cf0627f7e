// @vitest-environment happy-dom
// Does what docs/why/architecture.md says of a way to shade cells.
import { render } from "preact";
import { expect, test } from "vitest";
import {
  CURVES,
  makeScale,
  shadeAt,
  VALUES,
} from "../../src/confusion/cellValues.ts";
import { makeCut } from "../../src/hierarchy/groups.ts";
import { pets, petsEpoch } from "../pets.ts";
import { until } from "../until.ts";

// The rows, before anything has read the tables.
Object.assign(CURVES, {
  cube: {
    choice: "cube root",
    caption: "cube-root colours",
    portion:
      ({ high }: { high: number }) =>
      (value: number) => {
        return Math.cbrt(value / high);
      },
  },
});
Object.assign(VALUES, {
  doubled: {
    ...VALUES.count,
    choice: "twice the count",
    caption: "counted twice",
    unit: "!",
  },
});

test("a row of each table is chosen, drawn, linked to and said", async () => {
  const { start } = await import("../../src/loading/startup.ts");
  const { useSource } = await import("../../src/server/source.ts");
  const { currentLink } = await import("../../src/state/link.ts");
  const view = await import("../../src/state/all.ts");
  const { colouring } = await import("../../src/page/caption/captionParts.ts");
  const { ValueChoice } = await import("../../src/toolbar/ShowChoice.tsx");
  const { memorySource } = await import("../memorySource.ts");
  HTMLCanvasElement.prototype.getContext = () => null;
  useSource(memorySource());
  await start({ scale: "cube", value: "doubled" });
  await until(() => view.scale.value);
  expect(view.scale.value).toMatchObject({ curve: "cube", value: "doubled" });
  await until(() => currentLink.value);
  expect(currentLink.value).toMatchObject({ scale: "cube", value: "doubled" });
  expect(colouring()).toEqual(["counted twice", "cube-root colours"]);
  render(<ValueChoice />, document.body);
  expect(document.body.textContent).toContain("twice the count");
  expect(document.body.textContent).toContain("cube root");
});

test("its colours follow its arithmetic", () => {
  const leaves = makeCut(pets, pets.levels[2]!.nodes);
  const palette = { counts: ["#ff0000", "#0000ff"] };
  const { sums } = petsEpoch;
  const curve = "cube" as "log";
  const scale = makeScale("count", sums, leaves, palette, { curve });
  // Of the darkest, 8: the cube root of an eighth is a half.
  expect(shadeAt(scale, 1)).toBe(128);
});
