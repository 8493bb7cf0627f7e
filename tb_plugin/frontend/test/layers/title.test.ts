// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";

test("the title has whole sentences in two lines, and always the first", async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  HTMLCanvasElement.prototype.getContext = () => null;
  const { fittingSentences } = await import("../../src/layers/LayersView.tsx");
  // Without a canvas a letter is 0.55 of 13 px wide: two lines of 728 px
  // hold 1,383 px, which are 193 letters.
  const of = (length: number): string => `${"a".repeat(length - 1)}.`;
  expect(fittingSentences([of(100), of(92), of(10)], 728)).toHaveLength(2);
  expect(fittingSentences([of(100), of(93), of(10)], 728)).toHaveLength(1);
  expect(fittingSentences([of(400), of(10)], 728)).toHaveLength(1);
  expect(fittingSentences([of(50), of(50)], 728)).toHaveLength(2);
});
