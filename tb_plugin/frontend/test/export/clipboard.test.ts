import { expect, test } from "vitest";
import { asLines } from "../../src/export/clipboard.ts";

test("an id is one line, whatever is in it", () => {
  const hostile = "a\nrm -rf ~\r\u001b[2Jb\u0085";
  expect(asLines(["pug.jpg", hostile, "Größe 1"])).toBe(
    "pug.jpg\na\\x0arm -rf ~\\x0d\\x1b[2Jb\\x85\nGröße 1",
  );
});
