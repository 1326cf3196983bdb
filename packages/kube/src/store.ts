import { keyOf, type KubeObject } from './object.ts';

export type Change<T> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'modified'; readonly object: T; readonly previous: T }
  /** With the last state known. */
  | { readonly type: 'deleted'; readonly object: T };

export type Indexers<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** Objects by key and by index. Every change of it is returned as what a listener is to hear. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexers: Indexers<T>;
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(indexers: Indexers<T> = {}) {
    this.#indexers = indexers;
    for (const name of Object.keys(indexers)) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new TypeError(`no index ${name}`);
    return [...(index.get(value) ?? [])].flatMap((key) => this.#objects.get(key) ?? []);
  }

  put(object: T): Change<T>[] {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous && isSameVersion(previous, object)) return [];
    this.#set(key, previous, object);
    if (!previous) return [{ type: 'added', object }];
    if (previous.metadata.uid === object.metadata.uid) return [{ type: 'modified', object, previous }];
    // Deleted and created anew while nobody watched: the old one's end is news too.
    return [
      { type: 'deleted', object: previous },
      { type: 'added', object },
    ];
  }

  remove(object: T): Change<T>[] {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (!previous) return [];
    this.#set(key, previous, undefined);
    return [{ type: 'deleted', object }];
  }

  /** Makes `objects` all there is. */
  replace(objects: readonly T[]): Change<T>[] {
    const keys = new Set(objects.map(keyOf));
    const vanished = this.list().filter((object) => !keys.has(keyOf(object)));
    return [
      ...vanished.flatMap((object) => this.remove(object)),
      ...objects.flatMap((object) => this.put(object)),
    ];
  }

  #set(key: string, previous: T | undefined, object: T | undefined): void {
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      const index = this.#indexes.get(name) ?? new Map<string, Set<string>>();
      if (previous) for (const value of valuesOf(previous)) removeFrom(index, value, key);
      if (object) for (const value of valuesOf(object)) addTo(index, value, key);
    }
    if (object) this.#objects.set(key, object);
    else this.#objects.delete(key);
  }
}

function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function addTo(index: Map<string, Set<string>>, value: string, key: string): void {
  const keys = index.get(value);
  if (keys) keys.add(key);
  else index.set(value, new Set([key]));
}

function removeFrom(index: Map<string, Set<string>>, value: string, key: string): void {
  const keys = index.get(value);
  keys?.delete(key);
  if (keys?.size === 0) index.delete(value);
}
