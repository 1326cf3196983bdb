import type { KubeObject } from '../object.ts';

export interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly collection: string;
  readonly object: KubeObject;
}

export class FakeFailure extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string) {
    super(`fake: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}

/** What etcd and the API server's storage layer do, as far as a client can tell. */
export class FakeStore {
  version = 1;
  /** Watches from before it get 410. */
  compacted = 0;
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  #history: StoredEvent[] = [];

  list(collection: string, namespace?: string): KubeObject[] {
    const prefix = namespace === undefined ? `${collection}|` : `${collection}|${namespace}/`;
    return [...this.#objects].filter(([id]) => id.startsWith(prefix)).map(([, object]) => object);
  }

  get(collection: string, key: string): KubeObject {
    const object = this.#objects.get(`${collection}|${key}`);
    if (!object) throw new FakeFailure(404, 'NotFound');
    return object;
  }

  create(collection: string, key: string, object: KubeObject): KubeObject {
    if (this.#objects.has(`${collection}|${key}`)) throw new FakeFailure(409, 'AlreadyExists');
    const uid = crypto.randomUUID();
    return this.#commit('ADDED', collection, key, { ...object, metadata: { ...object.metadata, uid } });
  }

  update(collection: string, key: string, object: KubeObject): KubeObject {
    const { uid, resourceVersion } = this.get(collection, key).metadata;
    const wanted = object.metadata.resourceVersion;
    if (wanted !== undefined && wanted !== resourceVersion) throw new FakeFailure(409, 'Conflict');
    const metadata = { ...object.metadata, ...(uid !== undefined && { uid }) };
    return this.#commit('MODIFIED', collection, key, { ...object, metadata });
  }

  delete(collection: string, key: string): KubeObject {
    return this.#commit('DELETED', collection, key, this.get(collection, key));
  }

  /** Forgets history, as etcd's compaction does. */
  compact(): void {
    this.#history = [];
    this.compacted = this.version;
  }

  since(version: number, collection: string): StoredEvent[] {
    return this.#history.filter((event) => event.version > version && event.collection === collection);
  }

  subscribe(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(type: StoredEvent['type'], collection: string, key: string, object: KubeObject): KubeObject {
    const version = ++this.version;
    const metadata = { ...object.metadata, resourceVersion: String(version) };
    const stored = { ...object, metadata };
    if (type === 'DELETED') this.#objects.delete(`${collection}|${key}`);
    else this.#objects.set(`${collection}|${key}`, stored);
    const event = { version, type, collection, object: stored };
    this.#history.push(event);
    for (const listener of this.#listeners) listener(event);
    return stored;
  }
}
