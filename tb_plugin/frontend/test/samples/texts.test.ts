import { expect, test } from "vitest";
import { toCsv } from "../../src/export/csv.ts";
import {
  curveOf,
  curveOfActual,
  rightSpans,
  spansInWords,
  surest,
} from "../../src/samples/data/epochsRight.ts";
import { sampleRows } from "../../src/samples/export/savedSamples.ts";
import { ordinal } from "../../src/samples/grid/SampleCell.tsx";
import { piecesOf } from "../../src/samples/shared/SampleFacts.tsx";
import type { SampleAnswer } from "../../src/server/answers.ts";
import { pets } from "../pets.ts";

function said(
  step: number,
  rank: number,
  more: Partial<SampleAnswer> = {},
): SampleAnswer {
  const classes = [4, 7];
  return {
    step,
    rank,
    classes,
    probabilities: [0.6, 0.2],
    actual: 0.2,
    ...more,
  };
}

test("when a sample was learned, and when forgotten", () => {
  const all = [said(5, 2), said(10, 1), said(15, 1), said(20, 3)];
  expect(rightSpans(all)).toEqual([[10, 15]]);
  expect(spansInWords(all)).toBe("learned 10, forgotten 20");
  expect(spansInWords([said(5, 2)])).toBe("never right");
  expect(spansInWords([said(5, 1), said(9, 1)])).toBe("right throughout");
  const often = [1, 2, 1, 2, 1].map((rank, i) => said(i + 1, rank));
  expect(spansInWords(often)).toBe("…, learned 3, forgotten 4, learned 5");
});

test("an epoch that cannot be read is no event", () => {
  const broken = { step: 12, error: "The record is truncated." };
  const all = [said(10, 1), broken, said(15, 1)];
  expect(rightSpans(all)).toEqual([[10, 15]]);
  expect(curveOf(all, 7)).toEqual([
    { step: 10, share: 0.2 },
    { step: 15, share: 0.2 },
  ]);
});

test("what is beyond the best is not drawn as nothing", () => {
  expect(curveOf([said(5, 2)], 9)).toEqual([{ step: 5, share: null }]);
  const unknown = said(5, 2, { actual: null });
  expect(curveOfActual([unknown])).toEqual([{ step: 5, share: null }]);
});

test("the surest of those that are right", () => {
  const answer = Float32Array.of(0.5, 0.9, 0.7, 0.95, 0.8);
  const isRight = (i: number): boolean => i !== 3;
  expect(surest(answer, isRight, [0, 4], 2)).toEqual([1, 2]);
});

test("ordinal numbers", () => {
  const found = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal);
  expect(found.join(" ")).toBe(
    "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th",
  );
});

test("hostile ids are quoted in a table", () => {
  const ids = ['=HYPERLINK("x")', "a\n<b>", "plain"];
  const one = Float32Array.of(0.5, 0.25, 1);
  const rows = sampleRows(
    pets,
    { index: { ids } as never, record: { trueProbability: one } as never },
    {
      trueLeaf: Uint16Array.of(0, 0, 3),
      predictedLeaf: Uint16Array.of(1, 0, 3),
      confidence: one,
      margin: Float32Array.of(Number.NaN, 0, 1),
      loss: one,
      trueRank: Uint32Array.of(0, 1, 1),
    },
    [0, 1],
  );
  expect(toCsv(rows).split("\r\n").slice(1)).toEqual([
    `"'=HYPERLINK(""x"")",pug,pug,husky,husky,0.5,0.5,,0.5,`,
    `"a\n<b>",pug,pug,pug,pug,0.25,0.25,0,0.25,1`,
    "",
  ]);
});

test("an id may be broken after folders and words, and before endings", () => {
  expect(piecesOf("n02509815/n02509815_49.JPEG")).toEqual([
    "n02509815/",
    "n02509815_",
    "49",
    ".JPEG",
  ]);
  expect(piecesOf("C:\\a-b")).toEqual(["C:\\", "a-", "b"]);
  for (const id of ["", "x", "../a..b//", "-_-", "\u202e\n."]) {
    expect(piecesOf(id).join("")).toBe(id);
  }
});
