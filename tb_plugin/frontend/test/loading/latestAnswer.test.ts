import { effect } from "@preact/signals";
import { expect, test } from "vitest";
import { KeyedAnswer } from "../../src/loading/keyedAnswer.ts";
import { LatestAnswer } from "../../src/loading/latestAnswer.ts";
import { SourceGone } from "../../src/server/source.ts";
import { looks, run, runs } from "../../src/state/page.ts";
import { petsRun } from "../memorySource.ts";

const saidOf = (of: LatestAnswer<string>) => [of.value.value, of.problem.value];

test("an answer takes the place of a problem, and a problem that of an answer", async () => {
  const of = new LatestAnswer<string>();
  const seen: unknown[] = [];
  effect(() => {
    seen.push(saidOf(of));
  });
  await of.ask(async () => "first");
  await of.ask(() => Promise.reject(new Error("damaged")));
  await of.ask(async () => null);
  // Never both: nobody sees one without the other's change.
  expect(seen).toEqual([
    [null, null],
    ["first", null],
    [null, "damaged"],
    [null, null],
  ]);
});

test("only the latest question is answered, however late an earlier one is", async () => {
  const of = new LatestAnswer<string>();
  const early = Promise.withResolvers<string>();
  const wrong = Promise.withResolvers<string>();
  const isLatest: (() => boolean)[] = [];
  const asked = [early.promise, wrong.promise, Promise.resolve("latest")].map(
    (answer) =>
      of.ask((tell) => {
        isLatest.push(tell);
        return answer;
      }),
  );
  expect(isLatest.map((tell) => tell())).toEqual([false, false, true]);
  early.resolve("early");
  wrong.reject(new Error("out of date"));
  await Promise.all(asked);
  expect(saidOf(of)).toEqual(["latest", null]);
});

test("a source that has gone leaves what is shown", async () => {
  const of = new LatestAnswer<string>();
  await of.ask(async () => "shown");
  await of.ask(() => Promise.reject(new SourceGone("away")));
  expect(saidOf(of)).toEqual(["shown", null]);
});

test("a source that is back is asked again what was left open, once", async () => {
  const of = new LatestAnswer<string>();
  let isAway = true;
  let asked = 0;
  const question = async (): Promise<string> => {
    asked++;
    if (isAway) throw new SourceGone("away");
    return "found";
  };
  await of.ask(question);
  looks.value++;
  await expect.poll(() => asked).toBe(2);
  isAway = false;
  looks.value++;
  await expect.poll(() => saidOf(of)).toEqual(["found", null]);
  looks.value++;
  expect(asked).toBe(3);
  // Nor is it asked what nobody wants to know any more.
  await of.ask(() => Promise.reject(new SourceGone("away")));
  of.clear();
  looks.value++;
  expect([asked, ...saidOf(of)]).toEqual([3, null, null]);
});

test("a refusal is kept by its key; who has gone is asked when back", async () => {
  const of = new KeyedAnswer<string>(2);
  await of.askFor("a", () => Promise.reject(new Error("too many")));
  const refused = { of: "a", found: null, error: "too many" };
  expect(of.value.value).toEqual(refused);
  let isAway = true;
  await of.askFor("b", async () => {
    if (isAway) throw new SourceGone("away");
    return "found";
  });
  expect(of.value.value).toEqual(refused);
  isAway = false;
  looks.value++;
  await expect.poll(() => of.value.value?.found).toBe("found");
});

test("a source that has not yet read the log is not asked", async () => {
  const of = new LatestAnswer<string>();
  run.value = petsRun.run;
  let asked = 0;
  await of.ask(async () => {
    asked++;
    if (!runs.value) throw new SourceGone("away");
    if (!runs.value.length) throw new Error("no such run");
    return "found";
  });
  runs.value = [];
  looks.value++;
  await new Promise((done) => setTimeout(done));
  expect([asked, ...saidOf(of)]).toEqual([1, null, null]);
  runs.value = [petsRun];
  looks.value++;
  await expect.poll(() => saidOf(of)).toEqual(["found", null]);
  expect(asked).toBe(2);
});

test.each([
  ["refuses", (of: LatestAnswer<string>) => of.refuse("no"), ["shown", "no"]],
  ["clears", (of: LatestAnswer<string>) => of.clear(), [null, null]],
])("what %s lets nothing count that is on its way", async (_, stop, left) => {
  const of = new LatestAnswer<string>();
  await of.ask(async () => "shown");
  const late = Promise.withResolvers<string>();
  const asked = of.ask(() => late.promise);
  stop(of);
  late.resolve("late");
  await asked;
  expect(saidOf(of)).toEqual(left);
});
