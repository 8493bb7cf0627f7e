import { expect, test } from "vitest";
import { cutNames } from "../../src/server/runNames.ts";

test("names are cut to what tells them apart", () => {
  // From the word on that differs.
  expect(
    cutNames([
      "resnet50_imagenet_lr0.05_batch256",
      "resnet50_imagenet_lr0.1_batch256",
    ]),
  ).toEqual(["…lr0.05_batch256", "…lr0.1_batch256"]);
  expect(
    cutNames(["monday_resnet50_warm", "tuesday_resnet50_warm_restarts"]),
  ).toEqual(["monday_resnet50_…", "tuesday_resnet50…"]);
  // A word without an end is cut before what differs.
  expect(
    cutNames([`${"a".repeat(30)}x${"b".repeat(30)}`, "a".repeat(30)]),
  ).toEqual(["…aaaaaaaaxbbbbbbb…", "…aaaaaaaa"]);
  expect(cutNames(["plain", "heads"])).toEqual(["plain", "heads"]);
  // The shorter one as it is, the longer one where it goes on.
  expect(cutNames(["run", "run_with_label_smoothing_0.1"])).toEqual([
    "run",
    "run_with_label_s…",
  ]);
});

test("no name is cut in the middle of a letter, and none to nothing", () => {
  const [one, two] = cutNames([`${"🐶".repeat(20)}a`, `${"🐶".repeat(20)}b`]);
  expect([one, two]).toEqual([`…${"🐶".repeat(8)}a`, `…${"🐶".repeat(8)}b`]);
  expect(cutNames(["same", "same"])).toEqual(["same", "same"]);
  const long = "x".repeat(40);
  expect(cutNames([long, long])).toEqual([long, long]);
  // The one goes on after where the other ends, at the end of a word.
  expect(cutNames([`${long}_`, `${long}_2`])).toEqual([
    "…xxxxxxx_",
    "…xxxxxx_2",
  ]);
});
