import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from './backoff.ts';
import type { Client } from './client.ts';
import {
  AlreadyExistsError,
  isNamespaceTerminating,
  isTransient,
  NotFoundError,
  type ApiError,
} from './errors.ts';
import { kubeEvent, type EventType, type Reporter } from './kube-event.ts';
import { silent, type Log } from './log.ts';
import type { KubeObject } from './object.ts';
import { RecentMap } from './recent-map.ts';
import { Events, type Event } from './resources.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

export interface EventRecorderOptions extends Reporter {
  readonly client: Client;
  readonly log?: Log;
  /** Per object; 25 at once, then one each 5 minutes, as client-go has it. */
  readonly rate?: Rate;
}

/** The same event within so many milliseconds is counted, not told again. */
const REPEAT_WINDOW = 600_000;
const REMEMBERED = 4096;
const MAX_PENDING = 1000;
const ATTEMPTS = 3;
const BACKOFF = { initial: 500, max: 5_000 };

interface Told {
  readonly event: Event;
  readonly at: number;
}

/** Tells users what happened to an object. Never throws and never waits: what cannot be told is dropped. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #log: Log;
  readonly #told = new RecentMap<string, Told>(REMEMBERED);
  readonly #buckets = new RecentMap<string, TokenBucket>(REMEMBERED);
  #pending = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  /** The object must carry apiVersion and kind. */
  event(object: KubeObject, type: EventType, reason: string, message: string): void {
    try {
      if (this.#pending >= MAX_PENDING || !this.#mayTell(object)) {
        this.#log.debug({ object: object.metadata.name, reason }, 'event dropped');
        return;
      }
      this.#enqueue(kubeEvent(this.#options, object, { type, reason, message }));
    } catch (error) {
      this.#log.error({ err: error, object: object.metadata.name, reason }, 'event not recorded');
    }
  }

  /** Resolves when all that was recorded so far has been sent or dropped. */
  flush(): Promise<void> {
    return this.#last;
  }

  // One after the other, so that a repetition finds what it repeats.
  #enqueue(event: Event): void {
    this.#pending++;
    this.#last = this.#last.then(() => this.#tell(event)).finally(() => this.#pending--);
  }

  #mayTell({ metadata }: KubeObject): boolean {
    const id = metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;
    const bucket =
      this.#buckets.get(id) ?? new TokenBucket(this.#options.rate ?? { burst: 25, interval: 300_000 });
    this.#buckets.set(id, bucket);
    return bucket.take();
  }

  async #tell(event: Event): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#send(event);
        return;
      } catch (error) {
        if (!isTransient(error) || attempt === ATTEMPTS) {
          const level = isNamespaceTerminating(error) ? 'debug' : 'warn';
          this.#log[level]({ err: error, reason: event.reason }, 'event not recorded');
          return;
        }
        await sleep(backoffDelay(BACKOFF, attempt));
      }
    }
  }

  async #send(event: Event): Promise<void> {
    const id = identityOf(event);
    const before = this.#told.get(id);
    const isRepetition = before !== undefined && Date.now() - before.at < REPEAT_WINDOW;
    const told = (isRepetition && (await this.#count(before.event, event))) || (await this.#create(event));
    this.#told.set(id, { event: told, at: Date.now() });
  }

  /** Undefined when the first one is gone by now. */
  async #count(first: Event, event: Event): Promise<Event | undefined> {
    const patch = { count: (first.count ?? 1) + 1, lastTimestamp: event.lastTimestamp };
    return unless(NotFoundError, this.#options.client.mergePatch(Events, first.metadata, patch));
  }

  /** An earlier attempt may have succeeded without our hearing of it: the name is the same. */
  async #create(event: Event): Promise<Event> {
    return (await unless(AlreadyExistsError, this.#options.client.create(Events, event))) ?? event;
  }
}

async function unless<T>(expected: typeof ApiError, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof expected) return undefined;
    throw error;
  }
}

function identityOf({ involvedObject, type, reason, message }: Event): string {
  const { kind, namespace, name, uid } = involvedObject;
  return JSON.stringify([kind, namespace, name, uid, type, reason, message]);
}
