import type { Client } from './client.ts';
import { silent, type Log } from './log.ts';
import type { KubeObject } from './object.ts';
import type { Selection } from './options.ts';
import { Reflector, reflectorTiming, type ReflectorStats, type ReflectorTiming } from './reflector.ts';
import type { Resource } from './resource.ts';
import { Store, type Change, type Indexers } from './store.ts';

export interface InformerOptions<T extends KubeObject> extends Selection {
  /** Drops what nobody reads before it is cached. `managedFields` are gone already. */
  readonly transform?: (object: T) => T;
  readonly indexers?: Indexers<T>;
  readonly log?: Log;
  readonly timing?: Partial<ReflectorTiming>;
}

export type Listener<T> = (change: Change<T>) => void;

/** A cache of a resource that follows the API server. What it returns is shared: never change it. */
export class Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  /** Resolves when the first list is in; rejects when the informer is stopped before. */
  readonly synced: Promise<void>;
  readonly #store: Store<T>;
  readonly #reflector: Reflector<T>;
  readonly #listeners = new Set<Listener<T>>();
  readonly #log: Log;
  readonly #transform: (object: T) => T;
  readonly #synced: PromiseWithResolvers<void> = Promise.withResolvers();
  #isSynced = false;
  #isStarted = false;

  constructor(client: Client, resource: Resource<T>, options: InformerOptions<T> = {}) {
    const { transform = (object: T) => object, indexers, log = silent, timing, ...selection } = options;
    this.resource = resource;
    this.#transform = transform;
    this.#log = log;
    this.#store = new Store(indexers);
    this.#reflector = new Reflector(
      { client, resource, selection, log, timing: { ...reflectorTiming, ...timing } },
      {
        replace: (objects) => {
          this.#replace(objects);
        },
        apply: (type, object) => {
          this.#apply(type, object);
        },
      },
    );
    this.synced = this.#synced.promise;
    // Nobody has to wait for it.
    this.synced.catch(() => undefined);
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  get stats(): Readonly<ReflectorStats> & { readonly objects: number } {
    return { ...this.#reflector.stats, objects: this.#store.size };
  }

  /** Follows the resource until the signal aborts. Only once for an informer. */
  start(signal: AbortSignal): void {
    if (this.#isStarted) throw new Error(`the informer of ${this.resource.plural} was started before`);
    this.#isStarted = true;
    void this.#reflector.run(signal).then(() => {
      this.#synced.reject(signal.reason);
    });
  }

  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): T[] {
    return this.#store.list();
  }

  byIndex(name: string, value: string): T[] {
    return this.#store.byIndex(name, value);
  }

  /** Hears of what is there already as `added`, at once, then of every change. Returns how to stop it. */
  subscribe(listener: Listener<T>): () => void {
    for (const object of this.#store.list()) this.#tell(listener, { type: 'added', object });
    // A wrapper, so that the same function subscribed twice counts twice.
    const own: Listener<T> = (change) => {
      listener(change);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  #replace(objects: T[]): void {
    const changes = this.#store.replace(objects.map((object) => this.#slim(object)));
    this.#publish(changes);
    this.#isSynced = true;
    this.#synced.resolve();
  }

  #apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const slim = this.#slim(object);
    this.#publish(type === 'DELETED' ? this.#store.remove(slim) : this.#store.put(slim));
  }

  #slim(object: T): T {
    // Two thirds of a pod's size, and of use to the API server only.
    delete (object.metadata as { managedFields?: unknown }).managedFields;
    const { uid, resourceVersion } = object.metadata;
    const slim = this.#transform(object);
    // By these the store tells a change from a repetition, so no transform may lose them.
    Object.assign(slim.metadata, { uid, resourceVersion });
    return slim;
  }

  #publish(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners) this.#tell(listener, change);
    }
  }

  #tell(listener: Listener<T>, change: Change<T>): void {
    try {
      listener(change);
    } catch (error) {
      this.#log.error({ err: error, resource: this.resource.plural }, 'a listener threw');
    }
  }
}
