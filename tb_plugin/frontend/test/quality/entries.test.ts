import { expect, test } from "vitest";
import { toCsv } from "../../src/export/csv.ts";
import { cellOf, entriesOf, titleOf } from "../../src/quality/data/entries.ts";
import {
  alongAxis,
  crossing,
  elsewhere,
  piles,
  references,
  type Sampled,
  spread,
  strayed,
} from "../../src/quality/data/evidenceSamples.ts";
import {
  countVerdicts,
  judged,
  parse,
  type Verdict,
} from "../../src/quality/data/verdicts.ts";
import { rowsOf, tableOf } from "../../src/quality/exportQuality.ts";
import {
  meaningOf,
  restOf,
  ruleOf,
} from "../../src/quality/lists/listHeads.ts";
import { factsOf } from "../../src/samples/data/sampleFacts.ts";
import type { SampleRecord } from "../../src/samples/data/sampleFormat.ts";
import { readIndex } from "../../src/samples/data/sampleIndex.ts";
import type { Quality } from "../../src/server/qualityAnswer.ts";
import { pets } from "../pets.ts";

// Labels of pets: 0 bus, 1 husky, 2 pug, 3 tabby; in the tree pug comes first.
const BUS = 0;
const HUSKY = 1;
const PUG = 2;

const found: Quality = {
  step: 4,
  samples: 40,
  classes: 4,
  accuracy: 0.8,
  is_weak: false,
  overlapping: {
    tested: 6,
    total: 700,
    listed: 1,
    hardly_told_apart: 0,
    entries: [
      {
        a: HUSKY,
        b: PUG,
        a_as_b: 3,
        b_as_a: 2,
        expected: 0.5,
        evidence: 4.5,
        false_discoveries: 0.01,
        told_apart: 0.467,
        merged_accuracy: 0.925,
        inside: null,
        distance: 1,
      },
      {
        a: BUS,
        b: 3,
        a_as_b: 0,
        b_as_a: 1,
        expected: 0.9,
        evidence: 0.2,
        false_discoveries: 1,
        told_apart: null,
        merged_accuracy: 0.825,
        inside: 3,
        distance: 2,
      },
    ],
  },
  cliques: { total: 0, entries: [] },
  diverse: {
    tested: 4,
    total: 1,
    listed: 0,
    entries: [
      {
        class: HUSKY,
        errors: 4,
        groups: ["bus", "dog"],
        counts: [1, 3],
        expected: [0.25, 2],
        evidence: 0.1,
        false_discoveries: 1,
      },
    ],
  },
  suspects: {
    step: 4,
    index: "0".repeat(16),
    samples: 6,
    top: 2,
    known: true,
    accuracy: 0.8,
    is_weak: false,
    expected_precision: 0.625,
    total: 3,
    listed: 1,
    entries: [
      {
        sample: 2,
        id: '=cmd|" \n<b>',
        given: HUSKY,
        suggested: PUG,
        p_given: 0.25,
        p_suggested: 0.75,
        trust: 0.625,
        crossings: 4,
        threshold_given: 0.5,
        threshold_suggested: 0.6,
      },
    ],
    two_objects: {
      total: 2,
      entries: [
        {
          sample: 5,
          id: "f",
          given: PUG,
          other: BUS,
          distance: 3,
          p_given: 0.45,
          p_other: 0.5,
          threshold_given: 0.4,
          threshold_other: 0.3,
        },
      ],
    },
  },
  why: null,
};

const entries = entriesOf(pets, found);

test("entries are remembered by names and linked by numbers", () => {
  const [pair] = entries.overlapping;
  expect(pair!.link).toBe("o1-2");
  expect(JSON.parse(pair!.key)).toEqual([
    "overlapping",
    pets.ids[pets.leaves[pets.leafOfLabel[HUSKY]!]!],
    pets.ids[pets.leaves[pets.leafOfLabel[PUG]!]!],
  ]);
  expect(entries.suspect[0]!.link).toBe("s2");
  expect(JSON.parse(entries.suspect[0]!.key).at(-1)).toBe('=cmd|" \n<b>');
  expect(entries.overlapping.map((each) => each.isListed)).toEqual([
    true,
    false,
  ]);
  expect(titleOf(pets, pair!)).toBe("husky ⇄ pug");
  const leaf = (label: number) => pets.leaves[pets.leafOfLabel[label]!]!;
  expect(cellOf(pets, pair!)).toEqual([leaf(HUSKY), leaf(PUG)]);
  expect(cellOf(pets, entries.diverse[0]!)).toEqual([leaf(HUSKY), 0]);
});

test("a sample of two objects is its label and another class", () => {
  const [two] = entries.two_objects;
  expect([two!.link, two!.isListed]).toEqual(["t5", false]);
  expect(titleOf(pets, two!)).toBe("pug and bus");
  const leaf = (label: number) => pets.leaves[pets.leafOfLabel[label]!]!;
  expect(cellOf(pets, two!)).toEqual([leaf(PUG), leaf(BUS)]);
  expect(ruleOf(found, "two_objects")).toBeNull();
  expect(restOf(found, "two_objects", 1)).toBe("1 more, less even");
  // None is evidence, yet all can be looked at.
  expect(countVerdicts(entries.two_objects, new Map()).open).toBe(1);
});

test("without samples there are two lists", () => {
  const bare = entriesOf(pets, { ...found, suspects: null, why: "none" });
  expect(bare.suspect).toEqual([]);
  expect(bare.two_objects).toEqual([]);
  expect(bare.overlapping).toHaveLength(2);
});

test("a verdict given twice is taken back", () => {
  const once = judged(new Map(), "a", "seen");
  expect([...once]).toEqual([["a", "seen"]]);
  expect([...judged(once, "a", "confirmed")]).toEqual([["a", "confirmed"]]);
  expect([...judged(once, "a", "seen")]).toEqual([]);
});

test("what is stored may be anything", () => {
  for (const text of [null, "", "{", "3", "null", '"seen"', "[]", '["x"]']) {
    expect(parse(text).size).toBe(0);
  }
  const text = '{"a":"seen","b":"burnt","c":{"d":1},"__proto__":"confirmed"}';
  expect([...parse(text)]).toEqual([
    ["a", "seen"],
    ["__proto__", "confirmed"],
  ]);
});

test("open are listed entries without a verdict", () => {
  const all = new Map<string, Verdict>([
    [entries.overlapping[1]!.key, "dismissed"],
    ["of another list", "seen"],
  ]);
  expect(countVerdicts(entries.overlapping, all)).toEqual({
    open: 1,
    seen: 0,
    confirmed: 0,
    dismissed: 1,
  });
  expect(countVerdicts(entries.diverse, all).open).toBe(0);
});

test("exports have verdicts, and disarm formulas", () => {
  const all = new Map<string, Verdict>([
    [entries.suspect[0]!.key, "confirmed"],
  ]);
  const rows = rowsOf(pets, entries, all);
  expect(rows.map(({ list, verdict }) => `${list} ${verdict}`)).toEqual([
    "overlapping open",
    "overlapping open",
    "suspect confirmed",
    "two_objects open",
    "diverse open",
  ]);
  // A formula gets an apostrophe, quotes are doubled, a line break is kept.
  expect(toCsv(tableOf(rows))).toContain('"\'=cmd|"" \n<b>"');
});

test("a list says where its evidence ends", () => {
  expect(ruleOf(found, "overlapping")).toBe("699 too weak to list");
  expect(ruleOf(found, "suspect")).toBe("2 likelier the network’s errors");
  expect(meaningOf(found, "suspect").brief).toContain("about 63 %");
  expect(restOf(found, "overlapping", 2)).toBe("698 more, weaker");
  expect(restOf(found, "diverse", 1)).toBeNull();
  const listed = { ...found.diverse, listed: 1 };
  expect(ruleOf({ ...found, diverse: listed }, "diverse")).toBeNull();
});

/** Three huskies and three pugs, two classes logged of each. */
function sampled(): Sampled {
  const index = readIndex({
    version: 1,
    named: true,
    counts: [0, 3, 3, 0],
    ids: ["h0", "h1", "h2", "p0", "p1", "p2"],
  });
  const record: SampleRecord = {
    header: {
      version: 1,
      samples: 6,
      classes: 4,
      top: 2,
      hierarchy: "",
      index: "",
    },
    //          right   as pug  as bus  right   right   as husky
    best: [
      Uint32Array.of(HUSKY, PUG, BUS, PUG, PUG, HUSKY),
      Uint32Array.of(PUG, HUSKY, PUG, BUS, HUSKY, BUS),
    ],
    probability: [
      Float32Array.of(0.75, 0.5, 0.5, 0.9, 0.5, 0.5),
      Float32Array.of(0.25, 0.25, 0.25, 0.1, 0.5, 0.25),
    ],
    trueProbability: Float32Array.of(0.75, 0.25, 0.125, 0.9, 0.5, Number.NaN),
    loss: new Float32Array(6),
    trueRank: Uint32Array.of(1, 2, 3, 1, 1, 0),
  };
  return { tree: pets, facts: factsOf(record, index, pets), index, record };
}

test("pictures of an entry are those that crossed, the surest first", () => {
  const there = sampled();
  expect(crossing(there, HUSKY, PUG)).toEqual([1]);
  expect(crossing(there, PUG, HUSKY)).toEqual([5]);
  expect(crossing(there, BUS, PUG)).toEqual([]);
  expect(references(there, PUG, 6)).toEqual([3, 4]);
  expect(references(there, PUG, 6, 3)).toEqual([4]);
  expect(strayed(there, HUSKY, 0).sort()).toEqual([1, 2]);
  const bus = pets.leaves[pets.leafOfLabel[BUS]!]!;
  expect(strayed(there, HUSKY, bus)).toEqual([2]);
  expect(elsewhere(there, HUSKY, [bus])).toEqual([1]);
});

test("samples of both stand along one axis", () => {
  const { ofA, ofB, leftOut } = alongAxis(sampled(), HUSKY, PUG);
  // 0.25 of 1, 0.25 of 0.375, 0.5 of 0.75.
  expect(ofA.map(({ sample }) => sample)).toEqual([0, 1, 2]);
  const expected = [0.25, 2 / 3, 2 / 3];
  ofA.forEach(({ x }, k) => {
    expect(x).toBeCloseTo(expected[k]!);
  });
  expect(ofA.map(({ crossed }) => crossed)).toEqual([false, true, false]);
  // Of the second, husky is beyond two that have all: nothing is left for it.
  expect(ofB.map(({ sample }) => sample)).toEqual([4, 3]);
  expect(ofB.map(({ x }) => x)[0]).toBeCloseTo(0.5);
  expect(ofB.map(({ x }) => x)[1]).toBeCloseTo(1);
  // Nothing is known of the last one's own class.
  expect(leftOut).toBe(1);
});

test("a class beyond the best has no more than these leave", () => {
  const { record, ...there } = sampled();
  const best = { ...record, best: record.best.slice(0, 1) };
  const probability = [record.probability[0]!.map(() => 0.99)];
  const trueProbability = record.trueProbability.map(() => 0.99);
  const alone = { ...best, probability, trueProbability };
  const { ofA } = alongAxis({ ...there, record: alone }, HUSKY, PUG);
  // Of the first its own class is known: 0.01 of 1 is left.
  expect(ofA.find(({ sample }) => sample === 0)!.x).toBeCloseTo(0.01);
});

test("dots of a column are piled up", () => {
  const dots = [0, 0.1, 0.6, 1].map((x, sample) => ({
    sample,
    x,
    crossed: false,
  }));
  expect(piles(dots, 2)).toEqual([
    { column: 0, height: 0 },
    { column: 0, height: 1 },
    { column: 1, height: 0 },
    { column: 1, height: 1 },
  ]);
});

test("some of many are spread over all", () => {
  expect(spread([1, 2, 3], 6)).toEqual([1, 2, 3]);
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 5)).toEqual([0, 2, 4, 6, 8]);
});
