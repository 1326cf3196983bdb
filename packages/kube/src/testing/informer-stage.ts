import { Client } from '../client.ts';
import type { Connection } from '../connection.ts';
import { Informer } from '../informer.ts';
import type { ReflectorTiming } from '../reflector.ts';
import { ConfigMaps, type ConfigMap } from '../resources.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Mirror } from './mirror.ts';
import { until } from './until.ts';

export interface Upstream {
  readonly connection: Connection;
  /** Exists, and holds no config map. */
  readonly namespace: string;
}

const timing: ReflectorTiming = {
  pageSize: 3,
  idleTimeout: 60_000,
  watchTimeout: 300,
  backoff: { initial: 20, max: 200 },
  healthyAfter: 2_000,
};

/** A namespace with seven config maps, a client that sees the truth, and one that sees it through a proxy. */
export class InformerStage {
  readonly proxy: FaultProxy;
  readonly #upstream: Upstream;
  readonly #direct: Client;
  readonly #client: Client;
  readonly #stop = new AbortController();

  private constructor(upstream: Upstream, proxy: FaultProxy) {
    this.proxy = proxy;
    this.#upstream = upstream;
    this.#direct = new Client(upstream.connection, { userAgent: 'test' });
    this.#client = new Client(proxy.connection, { userAgent: 'test' });
  }

  static async set(upstream: Upstream): Promise<InformerStage> {
    const stage = new InformerStage(upstream, await FaultProxy.start(upstream.connection));
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await stage.create(name);
    return stage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#client.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.#direct.close();
  }

  follow(overrides: Partial<ReflectorTiming> = {}): Mirror<ConfigMap> {
    const { namespace } = this.#upstream;
    const informer = new Informer(this.#client, ConfigMaps, {
      namespace,
      timing: { ...timing, ...overrides },
    });
    const mirror = new Mirror(informer);
    informer.start(this.#stop.signal);
    return mirror;
  }

  stop(): void {
    this.#stop.abort();
  }

  watching(): Promise<void> {
    return until('a watch', () => this.proxy.openWatches === 1);
  }

  settled(mirror: Mirror<ConfigMap>): Promise<void> {
    return mirror.settles(this.#direct, this.#upstream.namespace);
  }

  /** Every kind of change that can be missed. */
  async change(): Promise<void> {
    await this.#direct.replace(ConfigMaps, this.#configMap('a', '2'));
    await this.remove('b');
    await this.remove('c');
    await this.create('c');
    await this.create('h');
  }

  async create(name: string): Promise<void> {
    await this.#direct.create(ConfigMaps, this.#configMap(name, '1'));
  }

  async remove(name: string): Promise<void> {
    await this.#direct.delete(ConfigMaps, { namespace: this.#upstream.namespace, name });
  }

  #configMap(name: string, value: string): ConfigMap {
    return { metadata: { name, namespace: this.#upstream.namespace }, data: { value } };
  }
}
