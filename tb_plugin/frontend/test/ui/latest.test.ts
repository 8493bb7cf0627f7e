import { expect, test } from "vitest";
import { Latest } from "../../src/ui/latest.ts";
import { PromiseCache } from "../../src/ui/promiseCache.ts";

test("what an earlier request brings is out of date", () => {
  const request = new Latest();
  const first = request.begin();
  expect(first()).toBe(true);
  const second = request.begin();
  expect([first(), second()]).toEqual([false, true]);
  request.drop();
  expect(second()).toBe(false);
});

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
