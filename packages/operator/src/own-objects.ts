/** How the operator reads and writes objects of our kinds: never from the past, never over somebody else's change. */
import {
  addFinalizer,
  OwnWrites,
  removeFinalizer,
  type Client,
  type Informer,
  type KubeObject,
  type MergePatch,
  type OwnerReference,
  type Resource,
} from '@hypersdk/kube';
import { unlessGone } from './idempotent.ts';
import { isSameJson } from './same-json.ts';

const finalizersOf = ({ metadata: { finalizers = [] } }: KubeObject): object => ({ finalizers });

type WithStatus = KubeObject & { status?: object | undefined };

export class OwnObjects<T extends WithStatus> {
  readonly #client: Client;
  readonly #resource: Resource<T>;
  readonly #writes: OwnWrites<T>;

  constructor(client: Client, resource: Resource<T>, informer: Informer<T>) {
    this.#client = client;
    this.#resource = resource;
    this.#writes = new OwnWrites(informer);
  }

  /** The object with our own last write, even while the cache lags behind it. */
  get(key: string): T | undefined {
    return this.#writes.get(key);
  }

  /** The object with the status; as it was when it has it already or is gone. ConflictError when it has changed. */
  async writeStatus(object: T, status: T['status'], signal: AbortSignal): Promise<T> {
    if (isSameJson(object.status, status)) return object;
    return (await this.fence(object, status, signal)) ?? object;
  }

  /**
   * Writes even a status that says nothing new: what matters is that nobody has written since the object was read.
   * Undefined when the object is gone.
   */
  async fence(object: T, status: T['status'], signal: AbortSignal): Promise<T | undefined> {
    const write = this.#client.replaceStatus(this.#resource, { ...object, status }, { signal });
    return this.#keep(object, await unlessGone(write));
  }

  hold(object: T, finalizer: string, signal: AbortSignal): Promise<T> {
    return this.#patchMetadata(object, finalizersOf(addFinalizer(object, finalizer)), signal);
  }

  release(object: T, finalizer: string, signal: AbortSignal): Promise<T> {
    return this.#patchMetadata(object, finalizersOf(removeFinalizer(object, finalizer)), signal);
  }

  setOwners(object: T, ownerReferences: readonly OwnerReference[], signal: AbortSignal): Promise<T> {
    return this.#patchMetadata(object, { ownerReferences }, signal);
  }

  /** The resourceVersion makes it an optimistic lock: a merge patch replaces the whole list. */
  async #patchMetadata(before: T, lists: object, signal: AbortSignal): Promise<T> {
    const { resourceVersion } = before.metadata;
    const patch = { metadata: { ...lists, resourceVersion } } as MergePatch<T>; // every T has metadata
    const write = this.#client.mergePatch(this.#resource, before.metadata, patch, { signal });
    return this.#keep(before, await unlessGone(write)) ?? before;
  }

  #keep(before: T, after: T | undefined): T | undefined {
    if (after) this.#writes.wrote(before, after);
    return after;
  }
}
