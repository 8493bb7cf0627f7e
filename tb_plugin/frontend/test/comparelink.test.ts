import { beforeEach, expect, test } from "vitest";
import * as compare from "../src/compare.ts";
import { decodeView, encodeView } from "../src/link.ts";

beforeEach(() => compare.restoreComparison({}));

/** What a link made now would bring back. */
function roundTrip() {
  return decodeView(encodeView(compare.linkedComparison.value));
}

test("without a comparison a link says nothing of one", () => {
  expect(roundTrip()).toEqual({});
  expect(compare.arrangement.value).toBe("one");
});

test("a comparison survives the way through a link", () => {
  compare.against.value = "a & b/validation";
  compare.againstOutput.value = "conv4_groups30";
  compare.againstStep.value = 7;
  compare.isSideBySide.value = true;
  const linked = roundTrip();
  compare.restoreComparison({});
  expect(compare.arrangement.value).toBe("one");
  compare.restoreComparison(linked);
  expect(compare.against.value).toBe("a & b/validation");
  expect(compare.againstOutput.value).toBe("conv4_groups30");
  expect(compare.againstStep.value).toBe(7);
  expect(compare.arrangement.value).toBe("twins");
});

test("several epochs survive, and only numbers that are offered", () => {
  compare.restoreComparison({ with: "epochs", many: 12 });
  expect(compare.arrangement.value).toBe("multiples");
  expect(roundTrip()).toEqual({ with: "epochs", many: 12 });
  compare.restoreComparison({ with: "epochs", many: 9999 });
  expect(compare.many.value).toBe(8);
});
