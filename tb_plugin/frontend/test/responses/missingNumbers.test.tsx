// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, expect, test } from "vitest";
import { StrongestSamples } from "../../src/responses/detail/ChannelDetail.tsx";
import { ChannelList } from "../../src/responses/detail/ChannelList.tsx";
import { alikeInWords } from "../../src/responses/map/LikenessMap.tsx";
import type { ChannelsAnswer } from "../../src/server/responsesAnswer.ts";
import { useSource } from "../../src/server/source.ts";
import { memorySource } from "../memorySource.ts";
import { pets } from "../pets.ts";

const answer = {
  compared: [],
  features: 8,
  grid: null,
  found: 1,
  entries: [
    {
      channel: 1,
      cell: null,
      auc: null,
      p: null,
      q: 0.01,
      strongest: [1],
      samples: null,
    },
  ],
} as unknown as ChannelsAnswer;

const titles = (): string[] =>
  [...document.querySelectorAll("tbody [title], li")].map(
    (each) => (each as HTMLElement).title,
  );

afterEach(() => render(null, document.body));

test("a channel without a p-value or an AUC has none in the list", () => {
  render(<ChannelList tree={pets} of={answer} />, document.body);
  expect(titles()).toEqual(["false discoveries up to here 0.010"]);
  expect(document.querySelector("td.number")?.textContent).toBe("–");
});

test("a sample of unknown strength has its class and id alone", () => {
  useSource(memorySource());
  const sample = { id: "h1", label: 1, value: null, number: null };
  render(
    <StrongestSamples tree={pets} index={null} samples={[sample]} />,
    document.body,
  );
  expect(titles()).toEqual(["husky: h1"]);
});

test("the map's label says a mean where there is one", () => {
  expect(alikeInWords({ name: "conv1", mean: -0.123 })).toBe(
    "Correlation of the classes at conv1, on average −0.12",
  );
  expect(alikeInWords({ name: "conv1", mean: null })).toBe(
    "Correlation of the classes at conv1",
  );
});
