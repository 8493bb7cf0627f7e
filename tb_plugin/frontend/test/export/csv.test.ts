import { expect, test } from "vitest";
import formulas from "../../../../tests/golden/formulas.json";
import { leafCut, pairsIn } from "../../src/confusion/pairs.ts";
import { findTests } from "../../src/confusion/pairTests.ts";
import { classRows, pairRows, scoreRows, toCsv } from "../../src/export/csv.ts";
import { scoreClasses } from "../../src/panel/classes/classScores.ts";
import { pets, petsEpoch } from "../pets.ts";

const [dog, pug] = [2, 3] as const;

test("fields are quoted where they must be, formulas are disarmed", () => {
  const rows = [
    ["name", "count"],
    ['toy, "poodle"', 3],
    ["two\nlines", Number.NaN],
    ["=HYPERLINK(1)", -2],
    ["-ve, @x", 0.25],
  ];
  expect(toCsv(rows).split("\r\n")).toEqual([
    "name,count",
    '"toy, ""poodle""",3',
    '"two\nlines",',
    "'=HYPERLINK(1),-2",
    '"\'-ve, @x",0.25',
    "",
  ]);
});

// To which tests/files/test_spreadsheets.py holds the library.
test.each(formulas)("%j leaves as %j", (text, expected) => {
  const field = toCsv([[text!]]).slice(0, -2);
  const isQuoted = /[",\r\n]/.test(expected!);
  expect(field).toBe(
    isQuoted ? `"${expected!.replaceAll('"', '""')}"` : expected,
  );
});

test("the confusions of a selection, as they are listed", () => {
  const pairs = pairsIn(
    pets,
    {
      cut: leafCut(pets),
      cells: petsEpoch.cells,
      within: new Float64Array(),
    },
    { rows: dog, columns: dog },
  );
  const [head, first, ...rest] = [...pairRows(pets, petsEpoch, pairs)];
  expect(rest).toHaveLength(2);
  const row = Object.fromEntries(head!.map((key, i) => [key, first![i]]));
  // 3 of 10 huskies are called pugs, 2 pugs huskies; both are dogs.
  expect(row).toEqual({
    actual_id: "husky",
    actual: "husky",
    predicted_id: "pug",
    predicted: "pug",
    errors: 3,
    share_of_row: 0.3,
    reverse: 2,
    meet_id: "dog",
    meet: "dog",
    distance: 1,
  });
});

test("the scores of every node in a selection", () => {
  const [head, ...rows] = [
    ...scoreRows(pets, petsEpoch.sums, { rows: dog, columns: dog }),
  ];
  expect(rows.map(([id]) => id)).toEqual(["dog", "pug", "husky"]);
  const row = Object.fromEntries(head!.map((key, i) => [key, rows[1]![i]]));
  // 8 of 10 pugs are named so, and 3 huskies.
  expect(row).toEqual({
    id: "pug",
    name: "pug",
    parent_id: "dog",
    classes: 1,
    samples: 10,
    predicted: 11,
    tp: 8,
    right_class: 8,
    fn: 2,
    fp: 3,
    recall: 0.8,
    precision: 0.727273,
    f1: 0.761905,
  });
  const block = [...scoreRows(pets, petsEpoch.sums, { rows: pug, columns: 7 })];
  expect(block.slice(1).map(([id]) => id)).toEqual(["pug", "car", "bus"]);
});

test("the table of classes, as it is sorted", () => {
  const hostile = { ...pets, names: pets.names.with(pug, "=1+2") };
  const scores = scoreClasses(petsEpoch.sums, pets.leaves, pets.leaves);
  const changes = Float64Array.of(0.1, 0, 0, 0);
  const [head, first, ...rest] = [
    ...classRows(hostile, petsEpoch.sums, scores, [0, 2], changes),
  ];
  expect(rest).toHaveLength(1);
  const row = Object.fromEntries(head!.map((key, i) => [key, first![i]]));
  expect(row).toEqual({
    id: "pug",
    name: "=1+2",
    samples: 10,
    predicted: 11,
    tp: 8,
    recall: 0.8,
    recall_low: 0.490162,
    recall_high: 0.943318,
    precision: 0.727273,
    predicted_per_actual: 1.1,
    predicted_beyond_chance: 0,
    rank: 3,
    recall_change: 0.1,
  });
  expect(toCsv([first!])).toContain(",'=1+2,");
});

test("what the list was sorted by goes with it", () => {
  const classes = {
    cut: leafCut(pets),
    cells: petsEpoch.cells,
    within: new Float64Array(),
  };
  const pairs = pairsIn(pets, classes, { rows: dog, columns: dog });
  const answer = {
    family: "pairs",
    tested: 12,
    total: 1,
    rate: 0.05,
    found: 1,
    rows: [4],
    columns: [pug],
    counts: [3],
    expected: [0.5],
    p: [0.0144],
    q: [0.0433],
  };
  const tests = findTests(pets, answer, pets.leaves);
  const [head, first, second] = [
    ...pairRows(pets, petsEpoch, { ...pairs, tests }),
  ];
  expect(head!.slice(-3)).toEqual(["expected", "p", "q"]);
  expect(first!.slice(-3)).toEqual([0.5, 0.0144, 0.0433]);
  // Which was not listed; an empty field each.
  expect(toCsv([second!.slice(-3)])).toBe(",,\r\n");
});
