import {
  Client,
  type ClientOptions,
  type Connection,
  type KubeObject,
  type ListOptions,
  type ListResult,
  type RequestOptions,
  type Resource,
  type Selection,
  type WatchEvent,
  type WatchOptions,
} from '@hypersdk/kube';

interface StageClientOptions extends ClientOptions {
  readonly namespace: string;
}

/**
 * For whom a namespace is all there is: an operator under test has nothing to do with what tests of other files make at the
 * same time, nor has it to look at what those before have left.
 */
export class StageClient extends Client {
  readonly #namespace: string;

  constructor(connection: Connection, { namespace, ...options }: StageClientOptions) {
    super(connection, options);
    this.#namespace = namespace;
  }

  override list<T extends KubeObject>(
    resource: Resource<T>,
    options: ListOptions & RequestOptions = {},
  ): Promise<ListResult<T>> {
    return super.list(resource, this.#within(resource, options));
  }

  override watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    return super.watch(resource, this.#within(resource, options));
  }

  #within<O extends Selection>({ namespaced }: Resource, options: O): O {
    return namespaced ? { ...options, namespace: options.namespace ?? this.#namespace } : options;
  }
}
