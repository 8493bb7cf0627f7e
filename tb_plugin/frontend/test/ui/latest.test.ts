import { expect, test } from "vitest";
import { Latest } from "../../src/ui/latest.ts";
import { isIncomplete, lazy } from "../../src/ui/lazy.ts";
import { LruCache } from "../../src/ui/lruCache.ts";
import { PromiseCache } from "../../src/ui/promiseCache.ts";

test("the same is not asked for twice in a row, unless it was dropped", () => {
  const request = new Latest();
  const first = request.beginOnce("a");
  expect(first?.()).toBe(true);
  expect(request.beginOnce("a")).toBeNull();
  expect(first?.()).toBe(true);
  expect(request.beginOnce("b")?.()).toBe(true);
  expect(first?.()).toBe(false);
  request.drop();
  expect(request.beginOnce("b")).not.toBeNull();
});

test("what failed is asked for again, what came is not", async () => {
  const cache = new PromiseCache<number>(2);
  let asked = 0;
  const fail = (): Promise<number> => {
    asked++;
    return Promise.reject(new Error("gone"));
  };
  await expect(cache.get("a", fail)).rejects.toThrow("gone");
  expect(cache.has("a")).toBe(false);
  const succeed = async (): Promise<number> => ++asked;
  expect(await cache.get("a", succeed)).toBe(2);
  expect(await cache.get("a", succeed)).toBe(2);
  // With a third, the one that was used longest ago goes.
  await cache.get("b", succeed);
  await cache.get("c", succeed);
  expect([cache.has("a"), cache.has("b")]).toEqual([false, true]);
});

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

test("replacing an entry frees its old weight", () => {
  const cache = new LruCache<string>(10);
  cache.set("a", "A", 8);
  cache.set("a", "A", 2);
  expect(cache.isFull(8)).toBe(false);
  expect(cache.isFull(9)).toBe(true);
});

test("one entry that is too large is kept until the next", () => {
  const cache = new LruCache<string>(10);
  cache.set("a", "A", 50);
  expect(cache.get("a")).toBe("A");
  cache.set("b", "B", 1);
  expect(cache.has("a")).toBe(false);
  expect(cache.get("b")).toBe("B");
});
