/** News that the next news is about to overtake: told only after a while, as it is then. */

export class PassingNews {
  /** Since when an object's status is behind, by key. A new process has not waited for anything yet. */
  readonly #since = new Map<string, number>();

  /** Milliseconds for which news that is told after `patience` must still wait; undefined when it is to be told now. */
  wait(key: string, patience: number, now: Date): number | undefined {
    const since = this.#since.get(key) ?? now.getTime();
    const wait = since + patience - now.getTime();
    if (wait > 0) this.#since.set(key, since);
    else this.#since.delete(key);
    return wait > 0 ? wait : undefined;
  }

  /** All is told, or the object is gone. */
  forget(key: string): void {
    this.#since.delete(key);
  }
}
