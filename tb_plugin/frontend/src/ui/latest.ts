/** Requests of one kind, of which only the latest counts. */

export class Latest {
  #turn = 0;
  #key: string | null = null;

  /**
   * Begins a request; what an earlier one brings is out of date from now on.
   *
   * @returns a function that tells whether this is still the latest
   */
  begin(): () => boolean {
    const turn = ++this.#turn;
    this.#key = null;
    return () => turn === this.#turn;
  }

  /** The same, but null where this very thing is what was last asked for. */
  beginOnce(key: string): (() => boolean) | null {
    if (key === this.#key) return null;
    const isLatest = this.begin();
    this.#key = key;
    return isLatest;
  }

  /** Lets nothing that is on its way count; the same may be asked for again. */
  drop(): void {
    this.begin();
  }
}
