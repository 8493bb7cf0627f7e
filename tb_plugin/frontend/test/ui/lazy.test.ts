import { expect, test } from "vitest";
import { isIncomplete, lazy } from "../../src/ui/lazy.ts";

const later = (): Promise<void> => new Promise((done) => setTimeout(done));

test("a part that comes does not hide one that does not", async () => {
  let isThere = false;
  const one = lazy(async () => {
    if (!isThere) throw new Error("gone");
    return "one";
  });
  const other = lazy(async () => "other");
  expect([one(), other()]).toEqual([null, null]);
  await later();
  expect(other()).toBe("other");
  expect(isIncomplete.value).toBe(true);
  one(); // asked for again, and in vain
  await later();
  expect(isIncomplete.value).toBe(true);
  isThere = true;
  one();
  await later();
  expect(one()).toBe("one");
  expect(isIncomplete.value).toBe(false);
});
