/** Names are cut as in the pictures of `keras-hier report`. */

import { expect, test, vi } from "vitest";
import golden from "../../../../tests/golden/names.json";
import { shortName } from "../../src/hierarchy/shortNames.ts";
import { buildTree } from "../../src/hierarchy/tree.ts";

test.each(golden)("$names", async ({ names, cuts }) => {
  const tree = buildTree({
    parents: [-1, ...names.map(() => 0)],
    ids: ["(root)", ...names.map((_, i) => `${i}`)],
    // The root has no name: it is none of those in the file.
    names: ["", ...names],
    labels: [-1, ...names.keys()],
    sizes: names.map(() => 1),
    levels: [],
  });
  for (const [letters, expected] of cuts) {
    // What cuts the names of computed groups comes when it is first needed.
    await vi.waitFor(() => {
      const found = names.map((_, i) =>
        shortName(tree, i + 1, letters as number, (text) => text.length),
      );
      expect(found, `in ${letters}`).toEqual(expected);
    });
  }
});
