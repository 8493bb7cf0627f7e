/** A bounded store of decoded epochs: the least recently used goes first. */

export class LruCache<T> {
  readonly #entries = new Map<string, { item: T; weight: number }>();
  #weight = 0;

  /** @param most the largest sum of weights that is kept */
  constructor(readonly most: number) {}

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.item;
  }

  set(key: string, item: T, weight: number): void {
    this.delete(key);
    this.#entries.set(key, { item, weight });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.most || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }

  /** Whether one more of this weight would push something out. */
  isFull(weight: number): boolean {
    return this.#weight + weight > this.most;
  }
}
