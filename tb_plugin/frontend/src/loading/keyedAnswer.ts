/** Answers that are kept by what they are of. */

import type { Signal } from "@preact/signals";
import { SourceGone } from "../server/source.ts";
import { PromiseCache } from "../ui/promiseCache.ts";
import { messageOf } from "./errors.ts";
import { LatestAnswer } from "./latestAnswer.ts";

/** What a key stands for, or why nobody knows. */
export interface Known<T> {
  of: string;
  found: T | null;
  error: string | null;
}

/** A refusal is an answer, too. */
export class KeyedAnswer<T> extends LatestAnswer<Known<T>> {
  readonly #kept: PromiseCache<T>;

  /** @param most how many answers are kept */
  constructor(most: number, value?: Signal<Known<T> | null>) {
    super(value);
    this.#kept = new PromiseCache(most);
  }

  has(of: string): boolean {
    return this.#kept.has(of);
  }

  askFor(of: string, question: () => Promise<T>): Promise<void> {
    return this.ask(async () => {
      try {
        return { of, found: await this.#kept.get(of, question), error: null };
      } catch (error) {
        if (error instanceof SourceGone) throw error;
        return { of, found: null, error: messageOf(error) };
      }
    });
  }
}
