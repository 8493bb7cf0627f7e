// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { start } from "../../src/loading/startup.ts";
import { TopBar } from "../../src/page/TopBar.tsx";
import { useSource } from "../../src/server/source.ts";
import * as view from "../../src/state/all.ts";
import { ViewChoices } from "../../src/toolbar/ViewChoices.tsx";
import { memorySource } from "../memorySource.ts";

test("where there is no epoch, none is named", async () => {
  HTMLCanvasElement.prototype.getContext = () => null;
  useSource(memorySource([]));
  await start({});
  expect(view.runs.value).toEqual([]);
  render(<TopBar />, document.body);
  const epoch = document.querySelector('[title^="epoch:"]');
  expect(epoch?.textContent?.trim()).toBe("epoch");
  render(<ViewChoices />, document.body);
  const orders = document.querySelectorAll(
    'select[aria-label="order of siblings"] option',
  );
  const offered = [...orders].map((each) => each.textContent);
  expect(offered).toEqual(["tree", "label"]);
});
