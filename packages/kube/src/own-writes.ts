import type { Informer } from './informer.ts';
import { keyOf, type KubeObject } from './object.ts';

interface Written<T> {
  readonly object: T;
  /** Versions that ours has replaced; a cache that still shows one of them lags behind us. */
  readonly replaced: Set<string>;
}

/**
 * An informer's objects with our own writes on top, as long as the cache has not caught up with them. Without it,
 * every event between a write and its echo costs a reconcile that plans from the past and ends in a conflict.
 */
export class OwnWrites<T extends KubeObject> {
  readonly #informer: Informer<T>;
  readonly #written = new Map<string, Written<T>>();

  constructor(informer: Informer<T>) {
    this.#informer = informer;
  }

  get(key: string): T | undefined {
    const cached = this.#informer.get(key);
    const written = this.#written.get(key);
    if (!written) return cached;
    if (cached && written.replaced.has(cached.metadata.resourceVersion ?? '')) return written.object;
    this.#written.delete(key);
    return cached;
  }

  /** `before` is what the write was based on, `after` the server's answer. */
  wrote(before: T, after: T): void {
    const { resourceVersion = '' } = before.metadata;
    if (after.metadata.resourceVersion === resourceVersion && !isGone(after)) return;
    const key = keyOf(after);
    const replaced = this.#written.get(key)?.replaced ?? new Set<string>();
    this.#written.set(key, { object: after, replaced: replaced.add(resourceVersion) });
  }
}

/** The server deletes an object with its last finalizer, and answers with the version that it had. */
function isGone({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}
