import { StateError, type ConnectionClosedError } from './errors.ts';
import type { QmpEvent } from './types.ts';

/** A point in one connection's stream of events, made by `mark()`. */
export interface EventMark {
  readonly log: object;
  readonly sequence: number;
}

export interface EventListener {
  readonly onEvent: (event: QmpEvent) => void;
  readonly onClosed: (error: ConnectionClosedError) => void;
}

/** Marks older than this many events are refused. QEMU limits the rate of the events that come often. */
const HISTORY = 4096;

/** Numbers the events of one connection, keeps the latest of them, and hands them to listeners. */
export class EventLog {
  readonly #history: QmpEvent[] = [];
  readonly #listeners = new Set<EventListener>();
  #sequence = 0;
  #closed: ConnectionClosedError | undefined;

  mark(): EventMark {
    return { log: this, sequence: this.#sequence };
  }

  /** First hands over what came since the mark, then what comes; returns what ends it. */
  listen(listener: EventListener, since: EventMark = this.mark()): () => void {
    const missed = this.#since(since);
    this.#listeners.add(listener);
    for (const event of missed) listener.onEvent(event);
    if (this.#closed !== undefined) listener.onClosed(this.#closed);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  record(event: QmpEvent): void {
    this.#sequence += 1;
    this.#history.push(event);
    if (this.#history.length > HISTORY) this.#history.shift();
    for (const listener of [...this.#listeners]) {
      // One listener may have stopped another.
      if (this.#listeners.has(listener)) listener.onEvent(event);
    }
  }

  close(error: ConnectionClosedError): void {
    this.#closed = error;
    for (const listener of this.#listeners) listener.onClosed(error);
    this.#listeners.clear();
  }

  #since({ log, sequence }: EventMark): QmpEvent[] {
    if (log !== this) throw new StateError('the mark belongs to another connection');
    const count = this.#sequence - sequence;
    if (count > this.#history.length) throw new StateError(`the mark is more than ${HISTORY} events old`);
    return this.#history.slice(this.#history.length - count);
  }
}
