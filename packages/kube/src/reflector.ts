import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay, type Backoff } from './backoff.ts';
import type { Client } from './client.ts';
import { ApiError, ConnectionError, GoneError } from './errors.ts';
import type { Log } from './log.ts';
import type { KubeObject } from './object.ts';
import type { Selection } from './options.ts';
import type { Resource } from './resource.ts';
import type { WatchEvent } from './watch.ts';

export interface ReflectorTiming {
  readonly pageSize: number;
  /**
   * Milliseconds without a byte after which a watch counts as dead. The API server sends a bookmark about
   * each minute (at most 75 s apart), so that a living watch is not silent for longer.
   */
  readonly idleTimeout: number;
  /** Seconds after which the server closes a watch: at random between this and twice as much. */
  readonly watchTimeout: number;
  readonly backoff: Backoff;
  /** A watch that lived for so many milliseconds was healthy: the back-off starts anew. */
  readonly healthyAfter: number;
}

export const reflectorTiming: ReflectorTiming = {
  pageSize: 500,
  idleTimeout: 100_000,
  watchTimeout: 300,
  backoff: { initial: 200, max: 10_000 },
  healthyAfter: 5_000,
};

/** So many watches in a row without an event, and the version itself is in doubt (a restored etcd). */
const FRUITLESS_WATCHES = 3;

/** Where what is read goes. A throw means that the sink lost step: everything is listed anew. */
export interface Sink<T> {
  replace(objects: T[]): void;
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Client;
  readonly resource: Resource<T>;
  readonly selection: Selection;
  readonly timing: ReflectorTiming;
  readonly log: Log;
}

/** How often the API server was asked, for metrics and for tests of restraint. */
export interface ReflectorStats {
  lists: number;
  watches: number;
  events: number;
  bookmarks: number;
  failures: number;
  /** By performance.now(), when it last asked or heard anything, be it a refusal. */
  activeAt: number;
}

/** Lists, then watches, and carries on after any failure until its signal aborts. */
export class Reflector<T extends KubeObject> {
  readonly stats: ReflectorStats = {
    lists: 0,
    watches: 0,
    events: 0,
    bookmarks: 0,
    failures: 0,
    activeAt: 0,
  };
  readonly #options: ReflectorOptions<T>;
  readonly #sink: Sink<T>;
  /** Where the watch goes on; undefined when everything must be listed. */
  #version: string | undefined;
  /** Whether the present watch has brought an event or a bookmark. */
  #hasBrought = false;
  /** Watches in a row that were accepted and brought nothing. */
  #fruitless = 0;
  /** Attempts in a row that failed or ended at once. */
  #unhealthy = 0;

  constructor(options: ReflectorOptions<T>, sink: Sink<T>) {
    this.#options = options;
    this.#sink = sink;
  }

  /** Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const retryAfter = await this.#attempt(signal);
      const delay = Math.max(retryAfter, backoffDelay(this.#options.timing.backoff, this.#unhealthy));
      await sleep(delay, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One list, if need be, and one watch. Milliseconds that the server wants us to wait. */
  async #attempt(signal: AbortSignal): Promise<number> {
    this.#isActive();
    let since: number | undefined;
    try {
      this.#version ??= await this.#list(signal);
      since = performance.now();
      await this.#watch(this.#version, signal);
      this.#ended(performance.now() - since, true);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#ended(since === undefined ? 0 : performance.now() - since, false);
      return this.#failed(error);
    }
  }

  /** A watch ended after so many milliseconds, by the server's will or by a failure. */
  #ended(lived: number, isClosed: boolean): void {
    const { healthyAfter, idleTimeout } = this.#options.timing;
    this.#unhealthy = lived >= healthyAfter ? 0 : this.#unhealthy + 1;
    // One that was refused or broken says nothing about the version; one that was accepted and silent does.
    if (this.#hasBrought) this.#fruitless = 0;
    else if (isClosed || lived >= idleTimeout) this.#fruitless++;
    if (this.#fruitless >= FRUITLESS_WATCHES) this.#version = undefined;
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { client, resource, selection, timing } = this.#options;
    const objects: T[] = [];
    let next: string | undefined;
    for (;;) {
      this.stats.lists++;
      const page = await client.list(resource, {
        ...selection,
        limit: timing.pageSize,
        continue: next,
        signal,
      });
      this.#isActive();
      for (const item of page.items) objects.push(item);
      next = page.metadata.continue;
      if (!next) {
        this.#fruitless = 0;
        this.#sink.replace(objects);
        return page.metadata.resourceVersion;
      }
    }
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, resource, selection, timing } = this.#options;
    this.stats.watches++;
    this.#hasBrought = false;
    const events = client.watch(resource, {
      ...selection,
      resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: Math.ceil(timing.watchTimeout * (1 + Math.random())),
      idleTimeout: timing.idleTimeout,
      signal,
    });
    for await (const event of events) this.#take(event);
  }

  #isActive(): void {
    this.stats.activeAt = performance.now();
  }

  #take(event: WatchEvent<T>): void {
    this.#isActive();
    this.#hasBrought = true;
    if (event.type === 'BOOKMARK') {
      this.stats.bookmarks++;
      this.#version = event.object.metadata.resourceVersion;
    } else {
      this.stats.events++;
      // The version first read, as the sink may replace the object; kept only when the sink has it.
      const { resourceVersion } = event.object.metadata;
      this.#sink.apply(event.type, event.object);
      this.#version = resourceVersion;
    }
  }

  #failed(error: unknown): number {
    this.stats.failures++;
    const canResume =
      (error instanceof ApiError && !(error instanceof GoneError)) || error instanceof ConnectionError;
    if (!canResume) this.#version = undefined;
    const { resource, log } = this.#options;
    log.warn({ err: error, resource: resource.plural, relist: !canResume }, 'watch failed');
    return error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  }
}
