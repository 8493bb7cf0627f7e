import { beforeAll, expect, test } from "vitest";
import type { HierarchyJson } from "../../src/hierarchy/tree.ts";
import { loadTree } from "../../src/loading/epochs.ts";
import { levelsOf } from "../../src/loading/otherTrees.ts";
import { useSource } from "../../src/server/source.ts";
import { memorySource } from "../memorySource.ts";
import { flat, petsJson } from "../pets.ts";

// The pets have the classes pug, husky, tabby and bus.
const TREES: Record<string, HierarchyJson> = {
  pets: petsJson,
  turned: flat(["bus", "tabby", "husky", "pug"]),
  fewer: flat(["bus", "husky", "pug"]),
  more: flat(["bus", "husky", "pug", "tabby", "lynx"]),
  strange: flat(["oak", "elm", "ash", "yew"]),
};

beforeAll(() => {
  useSource({
    ...memorySource(),
    hierarchy: async (_, digest) => structuredClone(TREES[digest]!),
  });
});

const named = (hierarchy: string) => ({ hierarchy, grouping: null });

/** The share of the classes' line at epochs of these trees; null without one. */
async function line(
  shown: string,
  ...trees: string[]
): Promise<(number | null | undefined)[]> {
  const points = trees.map((tree, at) => ({
    step: at + 1,
    accuracy: TREES[tree]!.levels.map(() => (at + 1) / 10),
    ...named(tree),
  }));
  const epochs = points.map((point) => ({ ...point, wall_time: 0 }));
  const of = await levelsOf(points, "run", epochs);
  return of(await loadTree("run", named(shown))).map(({ accuracy }) =>
    accuracy?.at(-1),
  );
}

test("of one run a line is over one set of classes", async () => {
  const run = ["pets", "fewer", "turned", "more", "strange"];
  expect(await line("pets", ...run)).toEqual([0.1, null, 0.3, null, null]);
  expect(await line("fewer", ...run)).toEqual([null, 0.2, null, null, null]);
});

test("so it is of a run that shares only some of them", async () => {
  expect(await line("pets", "fewer", "fewer", "strange")).toEqual([
    0.1,
    0.2,
    null,
  ]);
  expect(await line("pets", "fewer", "more", "more")).toEqual([null, 0.2, 0.3]);
  expect(await line("pets", "strange")).toEqual([null]);
});
