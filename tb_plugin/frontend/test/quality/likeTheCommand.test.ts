/**
 * The exported table has the rows of `keras-hier quality`, to which
 * `tests/commands/test_quality_like_the_page.py` holds the command.
 */

import { expect, test } from "vitest";
import golden from "../../../../tests/golden/quality.json";
import { buildTree } from "../../src/hierarchy/tree.ts";
import { entriesOf } from "../../src/quality/data/entries.ts";
import { rowsOf, tableOf } from "../../src/quality/exportQuality.ts";
import type { Quality } from "../../src/server/qualityAnswer.ts";

const tree = buildTree(golden.tree);
const entries = entriesOf(tree, golden.answer as unknown as Quality);
const [columns, ...lines] = tableOf(rowsOf(tree, entries, new Map()));

test("columns are those of the command, and verdicts", () => {
  expect(columns).toEqual(golden.columns);
});

test.each(Object.entries(golden.rows))("rows of %s", (list, rows) => {
  const found = lines
    .filter(([of]) => of === list)
    .map((line) =>
      Object.fromEntries(
        line.flatMap((value, i) =>
          value === "" ? [] : [[columns![i], value]],
        ),
      ),
    );
  expect(found).toEqual(rows);
});
