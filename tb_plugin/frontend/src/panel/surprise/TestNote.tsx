/** Pairs by evidence: asks for the tests, and says what they say. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import {
  findTests,
  type PairTest,
  type PairTests,
} from "../../confusion/pairTests.ts";
import { KeyedAnswer } from "../../loading/keyedAnswer.ts";
import { source } from "../../server/source.ts";
import { chanceInWords, whole } from "../../ui/format.ts";
import { listedTests, wantedTests } from "../listedPairs.ts";
import { loadedTests } from "./loadedTests.ts";
import { TITLES } from "./titles.ts";

export { TITLES };

/** The server tests every pair: not of epochs that are scrubbed over. */
const PATIENCE = 300;

const request = new KeyedAnswer(20, loadedTests);

/** Asks for the tests of what is listed, from now on. */
export function followTests(): void {
  effect(() => {
    if (!wantedTests.value) return;
    const { key, run, output, step, level } = wantedTests.value;
    const ask = (): void =>
      void request.askFor(key, async () => {
        const answer = await source().surprise(run, output, step, level);
        return (tree, { by, level }) =>
          findTests(
            tree,
            by === "surprise" ? answer.surprise : answer.one_way,
            tree.levels[level]!.nodes,
          );
      });
    if (request.has(key)) {
      ask();
      return;
    }
    const timer = setTimeout(ask, PATIENCE);
    return () => clearTimeout(timer);
  });
}

/** How many are beyond chance, of what; or why that is not known. */
export function TestNote(): JSX.Element | null {
  const wanted = wantedTests.value;
  if (!wanted) return null;
  const loaded = loadedTests.value;
  const isOfWanted = loaded?.of === wanted.key;
  const tests = listedTests.value;
  return (
    <p
      class="label"
      role="status"
      data-testid="pair-tests"
      title={TITLES[wanted.by]}
    >
      {tests
        ? countsInWords(tests)
        : isOfWanted && loaded.error
          ? `Not tested: ${loaded.error}`
          : "Testing the pairs …"}
    </p>
  );
}

function countsInWords({ answer }: PairTests): string {
  const { found, tested, total, rows } = answer;
  const few =
    rows.length < total ? `, the clearest ${whole(rows.length)} with p` : "";
  return `${found ? whole(found) : "none"} of ${whole(tested)} pairs beyond chance${few}`;
}

/** Two digits, and no more of them than there are. */
function short(value: number): string {
  return value >= 10 ? whole(value) : String(Number(value.toPrecision(2)));
}

/** What was to be expected each way, where it is not about half of both. */
function due({
  count,
  back = 0,
  expected,
}: NonNullable<PairTest["known"]>): string {
  const both = count + back;
  if (Math.abs(2 * expected - both) <= both / 10) return "";
  return `${short(expected)} against ${short(both - expected)} expected, `;
}

/** 12 times the 2.6 expected, p < 0.001; null where nothing is known. */
export function testInWords({ known, isTested }: PairTest): string | null {
  if (!known) return isTested ? null : "not tested: no pair of the level";
  const { count, expected, back, p } = known;
  const chance = chanceInWords(p);
  if (back !== undefined) {
    return `${whole(count)} against ${whole(back)} the other way, ${due(known)}${chance}`;
  }
  if (!expected) return chance;
  // The expectation has a floor: how far below it counts are says nothing.
  if (count <= expected) return `no more than expected, ${chance}`;
  return `${short(count / expected)} times the ${short(expected)} expected, ${chance}`;
}
