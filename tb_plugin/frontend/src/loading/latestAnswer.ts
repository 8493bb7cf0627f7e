/** What the source said to the latest question of one kind. */

import { batch, effect, type Signal, signal, untracked } from "@preact/signals";
import { SourceGone } from "../server/source.ts";
import { missingRun } from "../state/missingRun.ts";
import { looks } from "../state/page.ts";
import { Latest } from "../ui/latest.ts";
import { messageOf } from "./errors.ts";

/**
 * Asks again, once, when a source that has gone lists the run on screen: one
 * that has just been started answers before it has read the log.
 */
export function whenBack(ask: () => void): void {
  const before = looks.peek();
  const stop = effect(() => {
    if (looks.value === before || missingRun.value) return;
    stop();
    untracked(ask);
  });
}

export class LatestAnswer<T> {
  readonly value: Signal<T | null>;
  /** Why there is nothing to show. */
  readonly problem = signal<string | null>(null);
  readonly #latest = new Latest();

  constructor(value = signal<T | null>(null)) {
    this.value = value;
  }

  /**
   * Asks; what an earlier question brings is out of date from now on.
   *
   * A source that has gone leaves what is shown, and is asked when it is back.
   *
   * @param question is told by a function whether it is still the latest
   */
  async ask(
    question: (isLatest: () => boolean) => Promise<T | null>,
  ): Promise<void> {
    const isLatest = this.#latest.begin();
    try {
      const value = await question(isLatest);
      if (isLatest()) this.#set(value, null);
    } catch (error) {
      if (!isLatest()) return;
      if (error instanceof SourceGone)
        whenBack(() => isLatest() && void this.ask(question));
      else this.#set(null, messageOf(error));
    }
  }

  /** Asks nothing, and says why; what was answered before stays. */
  refuse(why: string): void {
    this.#latest.drop();
    this.problem.value = why;
  }

  /** Asks nothing, and forgets what was answered before. */
  clear(): void {
    this.#latest.drop();
    this.#set(null, null);
  }

  #set(value: T | null, problem: string | null): void {
    batch(() => {
      this.value.value = value;
      this.problem.value = problem;
    });
  }
}
