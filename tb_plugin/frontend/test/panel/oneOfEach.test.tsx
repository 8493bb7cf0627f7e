// @vitest-environment happy-dom
import { render } from "preact";
import { beforeAll, expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { captionParts } from "../../src/page/caption/captionParts.ts";
import { BlockFigures } from "../../src/panel/BlockFigures.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { memorySource, TREE } from "../memorySource.ts";
import { encode } from "../pets.ts";
import { until } from "../until.ts";

/** The only tabby is named husky, which is the only error. */
beforeAll(async () => {
  HTMLCanvasElement.prototype.getContext = () => null;
  useSource({
    ...memorySource(),
    matrix: async () =>
      encode(4, [1, 1, 1, 1], [0, 1, 2, 1], [9, 9, 9, 1], TREE),
  });
  await start({});
  await until(() => view.epoch.value);
});

const node = (id: string): number => view.tree.value!.ids.indexOf(id);

test("the panel says of one error, and of one sample, that it is one", () => {
  const [tree, epoch] = [view.tree.value!, view.epoch.value!];
  const selection = { rows: node("tabby"), columns: node("husky") };
  render(
    <BlockFigures tree={tree} epoch={epoch} selection={selection} />,
    document.body,
  );
  expect(document.body.textContent).toContain("of 1 sample100.0 %");
  expect(document.body.textContent).toContain("of 10 predictions10.0 %");
});

test("so does the caption of a part that is zoomed to", () => {
  const [animal, cat] = [node("animal"), node("cat")];
  const wordsOf = (group: number): string[] => {
    const { start, stop } = view.tree.value!;
    const span = stop[group]! - start[group]!;
    view.setWindow({ x: start[group]!, y: start[group]!, span });
    return captionParts().map(([text]) => text);
  };
  expect(wordsOf(animal)).toContain("1 error inside it");
  expect(wordsOf(animal)).toContain("0 leave it");
  expect(wordsOf(cat)).toContain("1 leaves it");
});
