import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../client.ts';
import type { Informer } from '../informer.ts';
import { keyOf, type KubeObject } from '../object.ts';
import type { Change } from '../store.ts';
import { until } from './until.ts';

/**
 * Rebuilds an informer's cache from what its listeners hear, and notes whatever does not follow from what
 * was heard before: a change told twice, one without its predecessor, a resurrection.
 */
export class Mirror<T extends KubeObject> {
  readonly changes: Change<T>[] = [];
  readonly contradictions: string[] = [];
  readonly #objects = new Map<string, T>();
  readonly #informer: Informer<T>;

  constructor(informer: Informer<T>) {
    this.#informer = informer;
    informer.subscribe((change) => {
      this.#hear(change);
    });
  }

  /** Waits until mirror and cache hold just what the API server has, and all that was heard made sense. */
  async settles(client: Client, namespace: string): Promise<void> {
    await until('the cache equals what the API server has', async () => {
      const { items } = await client.list(this.#informer.resource, { namespace });
      const truth = versions(items);
      return (
        isDeepStrictEqual(versions(this.#informer.list()), truth) &&
        isDeepStrictEqual(versions([...this.#objects.values()]), truth)
      );
    });
    assert.deepEqual(this.contradictions, []);
  }

  #hear(change: Change<T>): void {
    this.changes.push(change);
    const key = keyOf(change.object);
    const known = this.#objects.get(key);
    if (!follows(known, change)) this.contradictions.push(`${change.type} of ${key}`);
    if (change.type === 'deleted') this.#objects.delete(key);
    else this.#objects.set(key, change.object);
  }
}

function follows<T extends KubeObject>(known: T | undefined, change: Change<T>): boolean {
  switch (change.type) {
    case 'added':
      return known === undefined;
    case 'modified':
      return known === change.previous && versionOf(known) !== versionOf(change.object);
    case 'deleted':
      return known !== undefined;
  }
}

function versions(objects: readonly KubeObject[]): Record<string, string> {
  return Object.fromEntries(objects.map((object) => [keyOf(object), versionOf(object)]));
}

function versionOf({ metadata }: KubeObject): string {
  return `${metadata.uid ?? ''}@${metadata.resourceVersion ?? ''}`;
}
