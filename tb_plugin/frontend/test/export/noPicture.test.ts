// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { EXPORTS } from "../../src/export/exports.ts";

test("where no matrix is on screen no picture of it is offered", () => {
  const [picture] = EXPORTS.filter(({ id }) => id === "png");
  document.body.innerHTML = "<div class='samples'></div>";
  expect(picture!.isOffered?.()).toBe(false);
  document.body.innerHTML = "<div class='map'></div>";
  expect(picture!.isOffered?.()).toBe(true);
});
