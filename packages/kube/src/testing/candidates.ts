import { once } from 'node:events';
import { Client } from '../client.ts';
import { runWithLeaderElection } from '../leader-election.ts';
import { Leases, type Lease } from '../resources.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { Upstream } from './informer-stage.ts';

/** A process that wants to lead, with a connection of its own that can be broken. */
export interface Candidate {
  readonly proxy: FaultProxy;
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

/** Milliseconds; a Lease knows whole seconds only. */
export const timing = { leaseDuration: 6_000, renewDeadline: 4_500, retryPeriod: 100 };
/** Of a lease that nobody is to lose, however slow the machine is. */
export const lasting = { leaseDuration: 60_000, renewDeadline: 45_000, retryPeriod: 100 };

/** Processes that want one Lease, and a log of who led when. */
export class Candidates implements AsyncDisposable {
  /** `a leads`, `a stops` and so on, in order. */
  readonly log: string[] = [];
  /** Of those that enter from now on. */
  timing = timing;
  readonly #upstream: Upstream;
  readonly #key: { namespace: string; name: string };
  readonly #truth: Client;
  readonly #clients: Client[] = [];
  readonly #candidates: Candidate[] = [];

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#key = { namespace: upstream.namespace, name: 'lock' };
    this.#truth = new Client(upstream.connection, { userAgent: 'test' });
  }

  /** Leads until told to stop, then winds down. */
  async enter(identity: string, windDown: () => Promise<void> = () => Promise.resolve()): Promise<Candidate> {
    return this.enterWith(identity, async (signal) => {
      this.log.push(`${identity} leads`);
      if (!signal.aborted) await once(signal, 'abort');
      await windDown();
      this.log.push(`${identity} stops`);
    });
  }

  async enterWith(identity: string, lead: (signal: AbortSignal) => Promise<void>): Promise<Candidate> {
    const proxy = await FaultProxy.start(this.#upstream.connection);
    const client = new Client(proxy.connection, { userAgent: 'test' });
    const controller = new AbortController();
    const { namespace } = this.#upstream;
    const { signal } = controller;
    const ended = runWithLeaderElection({
      ...this.timing,
      client,
      namespace,
      name: 'lock',
      identity,
      signal,
      lead,
    });
    ended.catch(() => undefined);
    const stop = (): void => {
      controller.abort();
    };
    this.#clients.push(client);
    this.#candidates.push({ proxy, stop, ended });
    return { proxy, stop, ended };
  }

  async lease(): Promise<Lease> {
    return this.#truth.get(Leases, this.#key);
  }

  /** A lease as some other process, with whatever clock, has written it. */
  async write(spec: NonNullable<Lease['spec']>): Promise<void> {
    await this.#truth.create(Leases, { metadata: this.#key, spec });
  }

  async usurp(holderIdentity: string): Promise<void> {
    await this.#truth.mergePatch(Leases, this.#key, { spec: { holderIdentity } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { proxy, stop } of this.#candidates) {
      proxy.heal();
      stop();
    }
    await Promise.allSettled(this.#candidates.map(({ ended }) => ended));
    for (const client of [...this.#clients, this.#truth]) await client.close();
    for (const { proxy } of this.#candidates) await proxy[Symbol.asyncDispose]();
  }
}
