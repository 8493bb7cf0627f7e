/** What was asked for once: kept while there is room, forgotten if it fails. */

import { LruCache } from "./lruCache.ts";

export class PromiseCache<T> {
  readonly #kept: LruCache<Promise<T>>;

  /** @param most the largest sum of weights that is kept */
  constructor(most: number) {
    this.#kept = new LruCache(most);
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  get(key: string, ask: () => Promise<T>, weight = 1): Promise<T> {
    const known = this.#kept.get(key);
    if (known) return known;
    const asked = ask();
    this.#kept.set(key, asked, weight);
    asked.catch(() => {
      // By now another attempt may stand in its place.
      if (this.#kept.get(key) === asked) this.#kept.delete(key);
    });
    return asked;
  }
}
