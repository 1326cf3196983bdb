import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Connection } from './connection.ts';
import { DeadlineError, withDeadline } from './deadline.ts';
import { ConnectionError } from './errors.ts';
import { inCluster, isInCluster } from './in-cluster.ts';
import { defaultKubeConfig, kubeConfigConnection } from './kubeconfig.ts';
import type { Key, KubeObject } from './object.ts';
import type {
  ApplyOptions,
  DeleteOptions,
  ListOptions,
  ListResult,
  PatchOptions,
  RequestOptions,
  WatchOptions,
} from './options.ts';
import { apiVersionOf, collectionPath, objectPath, type Resource } from './resource.ts';
import { readJson } from './response.ts';
import { Transport, type HttpRequest } from './transport.ts';
import { watchEvents, type WatchEvent } from './watch.ts';
import type { ApplyConfiguration, JsonPatchOperation, MergePatch } from './wire.ts';

const DEFAULT_TIMEOUT = 30_000;

export interface ClientOptions {
  readonly userAgent: string;
}

/**
 * Speaks Kubernetes' REST verbs for any resource. Every method throws a class of `ApiError` when the server
 * refuses, `ConnectionError` when there was no whole answer in time, or the reason of the caller's signal.
 */
export class Client {
  readonly connection: Connection;
  readonly #transport: Transport;

  constructor(connection: Connection, options: ClientOptions) {
    this.connection = connection;
    this.#transport = new Transport(connection, options.userAgent);
  }

  static fromKubeConfig(config: KubeConfig, options: ClientOptions): Client {
    return new Client(kubeConfigConnection(config), options);
  }

  /** `KUBECONFIG` when set, else the pod's service account, else `~/.kube/config`. */
  static async load(options: ClientOptions): Promise<Client> {
    if (!process.env['KUBECONFIG'] && isInCluster()) return new Client(await inCluster(), options);
    return Client.fromKubeConfig(await defaultKubeConfig(), options);
  }

  get<T extends KubeObject>(resource: Resource<T>, key: Key, options: RequestOptions = {}): Promise<T> {
    return this.#request({ method: 'GET', path: objectPath(resource, key) }, options);
  }

  /** One page when `limit` is given. Items carry apiVersion and kind, which the server leaves out. */
  async list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions & RequestOptions = {},
  ): Promise<ListResult<T>> {
    const { namespace, signal, timeout, ...query } = options;
    const path = collectionPath(resource, namespace);
    const list = await this.#request<ListResult<T>>({ method: 'GET', path, query }, { signal, timeout });
    const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    return { metadata: list.metadata, items: list.items.map((item) => ({ ...type, ...item })) };
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, options: RequestOptions = {}): Promise<T> {
    const path = collectionPath(resource, namespaceOf(resource, object.metadata));
    return this.#request({ method: 'POST', path, body: typed(resource, object) }, options);
  }

  /** PUT. With `metadata.resourceVersion` set, ConflictError when the object has changed since. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options: RequestOptions = {}): Promise<T> {
    const path = objectPath(resource, object.metadata);
    return this.#request({ method: 'PUT', path, body: typed(resource, object) }, options);
  }

  /** PUT of the `status` subresource, with the same optimistic lock. */
  replaceStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: RequestOptions = {},
  ): Promise<T> {
    const path = objectPath(resource, object.metadata, 'status');
    return this.#request({ method: 'PUT', path, body: typed(resource, object) }, options);
  }

  /** Server-side apply. ConflictError names the fields that others own, unless `force`. */
  apply<T extends KubeObject>(
    resource: Resource<T>,
    object: ApplyConfiguration<T>,
    options: ApplyOptions & RequestOptions,
  ): Promise<T> {
    const { subresource, fieldManager, force, ...rest } = options;
    const path = objectPath(resource, object.metadata, subresource);
    const query = { fieldManager, force };
    // JSON is YAML.
    const contentType = 'application/apply-patch+yaml';
    return this.#request({ method: 'PATCH', path, query, contentType, body: typed(resource, object) }, rest);
  }

  mergePatch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: MergePatch<T>,
    options: PatchOptions & RequestOptions = {},
  ): Promise<T> {
    return this.#patch(resource, key, 'application/merge-patch+json', patch, options);
  }

  jsonPatch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: readonly JsonPatchOperation[],
    options: PatchOptions & RequestOptions = {},
  ): Promise<T> {
    return this.#patch(resource, key, 'application/json-patch+json', patch, options);
  }

  /** JSON patch of the `resize` subresource of a pod that runs (Kubernetes 1.33 and later). */
  patchResize<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    patch: readonly JsonPatchOperation[],
    options: RequestOptions = {},
  ): Promise<T> {
    return this.jsonPatch(resource, key, patch, { ...options, subresource: 'resize' });
  }

  /** Resolves when the server has accepted it; finalizers may keep the object for longer. */
  async delete(resource: Resource, key: Key, options: DeleteOptions & RequestOptions = {}): Promise<void> {
    const { signal, timeout, uid, resourceVersion, ...rest } = options;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      ...rest,
      preconditions: { uid, resourceVersion },
    };
    await this.#request({ method: 'DELETE', path: objectPath(resource, key), body }, { signal, timeout });
  }

  /**
   * Changes from `resourceVersion` on. Ends when the server closes the watch; throws GoneError when the
   * version is too old (by HTTP status or ERROR event), ConnectionError for a reset, garbage or silence.
   */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    return watchEvents(this.#transport, resource, options);
  }

  /** Breaks off whatever is under way. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  #patch<T extends KubeObject>(
    resource: Resource<T>,
    key: Key,
    contentType: string,
    body: unknown,
    options: PatchOptions & RequestOptions,
  ): Promise<T> {
    const { subresource, fieldManager, ...rest } = options;
    const path = objectPath(resource, key, subresource);
    return this.#request({ method: 'PATCH', path, query: { fieldManager }, contentType, body }, rest);
  }

  // The answer's shape is the API server's promise for the path asked; it validates what it stores.
  async #request<T>(
    request: Omit<HttpRequest, 'signal' | 'bodyTimeout'>,
    options: RequestOptions,
  ): Promise<T> {
    const timeout = options.timeout ?? DEFAULT_TIMEOUT;
    try {
      return await withDeadline(options.signal, timeout, async (signal) => {
        const bounded = { ...request, signal, bodyTimeout: timeout };
        return (await readJson(bounded, await this.#transport.send(bounded, 'requests'))) as T;
      });
    } catch (error) {
      // The caller's own deadline is the caller's business; ours is a server that does not answer.
      if (options.signal?.aborted || !(error instanceof DeadlineError)) throw error;
      throw new ConnectionError(`${request.method} ${request.path}: ${error.message}`, { cause: error });
    }
  }
}

function typed(resource: Resource, object: object): object {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function namespaceOf(resource: Resource, key: Key): string | undefined {
  if (!resource.namespaced) return undefined;
  if (!key.namespace) throw new TypeError(`${resource.kind} ${key.name} needs a namespace`);
  return key.namespace;
}
