import { beforeEach, expect, test } from "vitest";
import * as compare from "../../src/state/comparison/comparison.ts";
import {
  decodeLink,
  encodeLink,
  type LinkTexts,
} from "../../src/state/link/address.ts";
import { linkWithoutTree, restoreLink } from "../../src/state/link.ts";

beforeEach(() => restoreLink({}));

/** What a link made now would bring back. */
function roundTrip(): LinkTexts {
  const { run: _, output: __, step: ___, ...said } = linkWithoutTree();
  return decodeLink(encodeLink(said));
}

test("without a comparison a link says nothing of one", () => {
  expect(roundTrip()).toEqual({});
  expect(compare.arrangement.value).toBe("one");
});

test("a comparison survives the way through a link", () => {
  compare.comparedRun.value = "a & b/validation";
  compare.comparedOutput.value = "conv4_groups30";
  compare.comparedStep.value = 7;
  compare.isSideBySide.value = true;
  const linked = roundTrip();
  restoreLink({});
  expect(compare.arrangement.value).toBe("one");
  restoreLink(linked);
  expect(compare.comparedRun.value).toBe("a & b/validation");
  expect(compare.comparedOutput.value).toBe("conv4_groups30");
  expect(compare.comparedStep.value).toBe(7);
  expect(compare.arrangement.value).toBe("twins");
});

test("several epochs survive, and only numbers that are offered", () => {
  restoreLink({ with: "epochs", many: "12" });
  expect(compare.arrangement.value).toBe("multiples");
  expect(roundTrip()).toEqual({ with: "epochs", many: "12" });
  restoreLink({ with: "epochs", many: "9999" });
  expect(compare.epochCount.value).toBe(8);
});
