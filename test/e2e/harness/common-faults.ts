/** Faults that all migrations of a run have to do with, whichever one they were chosen for. */
export class CommonFaults {
  #begun = 0;
  #underWay = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Tells later whether there has been one since. */
  watch(): () => boolean {
    const before = this.#begun - this.#underWay;
    return () => this.#begun > before;
  }

  async during<T>(strike: () => Promise<T>): Promise<T> {
    this.#begun++;
    this.#underWay++;
    try {
      return await strike();
    } finally {
      this.#underWay--;
    }
  }

  /** What cannot be done twice at once. */
  inTurn<T>(strike: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(strike);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
