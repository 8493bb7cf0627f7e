import { expect, test } from "vitest";
import { cellInWords } from "../../src/responses/data/cellInWords.ts";
import {
  lackInWords,
  picturesOf,
} from "../../src/responses/detail/ChannelDetail.tsx";
import { evidenceInWords } from "../../src/responses/detail/ChannelList.tsx";
import type {
  ChannelSample,
  ChannelsAnswer,
} from "../../src/server/responsesAnswer.ts";
import { useSource } from "../../src/server/source.ts";
import { memorySource } from "../memorySource.ts";

const answer: ChannelsAnswer = {
  step: 1,
  classes: 6,
  others: 95,
  compared: [6, 95],
  features: 1152,
  grid: [3, 3],
  is_small: false,
  least_classes: 4,
  rate: 0.05,
  found: 2,
  for: [1],
  against: [2],
  alone: 71,
  expected: 57.6,
  inside: 0.5,
  band: 0.1,
  index: null,
  samples_error: null,
  entries: [],
};
const entry = {
  feature: 1,
  channel: 1,
  cell: null,
  auc: 0.9,
  p: 0.001,
  q: 0.01,
  strongest: [],
  samples: null,
};

test("evidence comes with what chance gives", () => {
  const entries = [entry, entry];
  expect(evidenceInWords({ ...answer, entries })).toBe(
    "2 of 1,152 channels beyond chance. 71 have p ≤ 0.05 alone, 58 would by chance.",
  );
  expect(evidenceInWords({ ...answer, found: 315, entries })).toContain(
    "315 of 1,152 channels beyond chance, the first 2 here.",
  );
  expect(evidenceInWords({ ...answer, found: 0 })).toBe(
    "None of 1,152 channels is beyond chance: 71 have p ≤ 0.05 alone, 58 would by chance.",
  );
});

test("small groups are ordered and nothing is claimed", () => {
  const said = evidenceInWords({ ...answer, is_small: true, found: 0 });
  expect(said).toContain("Groups of fewer than 4 classes");
  expect(said).toContain("are not tested");
});

test("classes that none of as many samples stands beside are told", () => {
  const some = evidenceInWords({ ...answer, compared: [5, 40] });
  expect(some).toContain(
    "Compared are 5 of its 6 classes with 40 others of about as many samples.",
  );
  const few = { ...answer, is_small: true, found: 0 };
  expect(evidenceInWords({ ...few, compared: [2, 40] })).toContain(
    "2 of its 6",
  );
  expect(evidenceInWords(answer)).not.toContain("Compared");
});

test("what lacks of the strongest samples comes with how to get it", () => {
  const of = (samples: ChannelSample[] | null) => ({
    samples,
    samples_error: null as string | null,
  });
  const sample = { id: "a/1.jpg", label: 0, value: 2, number: null };
  expect(lackInWords(of(null))).toContain("give others as (x, y, ids)");
  expect(lackInWords(of([sample]))).toContain("BlocksCallback(samples=...)");
  expect(lackInWords(of([sample, { ...sample, number: 0 }]))).toBe("");
  const damaged = { ...of(null), samples_error: "The record is truncated." };
  expect(lackInWords(damaged)).toBe("The record is truncated.");
});

test("pictures are asked for by number, once, and only where there are any", async () => {
  const asked: unknown[] = [];
  useSource({
    ...memorySource(),
    pictures: async (...about) => {
      asked.push(about);
      return [new ArrayBuffer(0)];
    },
  });
  const sample = { id: "../x", label: 0, value: 2, number: 7 };
  const unknown = { ...sample, number: null };
  expect((await picturesOf("r", "i", [unknown])).size).toBe(0);
  expect((await picturesOf("r", null, [sample])).size).toBe(0);
  expect(asked).toEqual([]);
  for (const _ of [1, 2]) await picturesOf("r", "i", [sample, unknown]);
  expect(asked).toEqual([["r", "i", [7]]]);
});

test("a cell of the grid has a name", () => {
  expect(cellInWords([0, 2], [3, 3])).toBe("top right");
  expect(cellInWords([1, 1], [3, 3])).toBe("centre");
  expect(cellInWords([1, 0], [3, 3])).toBe("middle left");
  expect(cellInWords([1, 1], [2, 2])).toBe("bottom right");
  expect(cellInWords([0, 2], [1, 3])).toBe("right");
  expect(cellInWords(null, null)).toBe("");
});
