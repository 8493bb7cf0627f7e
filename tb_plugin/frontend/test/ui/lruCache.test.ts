import { expect, test } from "vitest";
import { LruCache } from "../../src/ui/lruCache.ts";

test("the least recently used goes first", () => {
  const cache = new LruCache<string>(10);
  cache.set("a", "A", 4);
  cache.set("b", "B", 4);
  cache.get("a");
  cache.set("c", "C", 4);
  expect(["a", "b", "c"].map((key) => cache.has(key))).toEqual([
    true,
    false,
    true,
  ]);
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
