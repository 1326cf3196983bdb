import type { Client } from './client.ts';
import { AlreadyExistsError, ConflictError, NotFoundError } from './errors.ts';
import type { Key } from './object.ts';
import type { RequestOptions } from './options.ts';
import { Leases, type Lease } from './resources.ts';

export interface LeaseLockOptions extends Key {
  readonly client: Client;
  readonly namespace: string;
  readonly identity: string;
  /** Milliseconds; a Lease has whole seconds. */
  readonly leaseDuration: number;
}

/** What we last saw of the Lease, and when, by our own monotonic clock. */
interface Observation {
  readonly lease: Lease;
  readonly at: number;
}

/**
 * One holder at a time of a coordination.k8s.io/v1 Lease. Other clocks are never compared with ours: a
 * holder is gone when its record has not changed for the lease's duration while we looked on.
 */
export class LeaseLock {
  readonly #options: LeaseLockOptions;
  #observed: Observation | undefined;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  /** Who holds the lease as far as we know. */
  get holder(): string | undefined {
    return this.#observed?.lease.spec?.holderIdentity;
  }

  /** Takes or renews the lease; false when somebody else has it. Throws when the server cannot be asked. */
  async acquireOrRenew(options: RequestOptions): Promise<boolean> {
    const known = this.#observed;
    if (known && this.#isOurs(known) && (await this.#write(known, options))) return true;
    const current = await this.#read(options);
    if (current && !this.#isOurs(current) && !this.#isFree(current)) return false;
    return this.#write(current, options);
  }

  /** Lets the next one in at once, if the lease is ours. */
  async release(options: RequestOptions): Promise<void> {
    const observed = this.#observed;
    if (!observed || !this.#isOurs(observed)) return;
    const now = microTime();
    const spec = { ...observed.lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now };
    await this.#write(observed, options, spec);
  }

  async #read(options: RequestOptions): Promise<Observation | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return this.#observe(await client.get(Leases, { namespace, name }, options));
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  #observe(lease: Lease): Observation {
    const known = this.#observed?.lease.metadata;
    const { uid, resourceVersion } = lease.metadata;
    if (!this.#observed || known?.uid !== uid || known?.resourceVersion !== resourceVersion) {
      this.#observed = { lease, at: performance.now() };
    }
    return this.#observed;
  }

  /** False when another was faster: the optimistic lock decides. */
  async #write(
    current: Observation | undefined,
    options: RequestOptions,
    spec = this.#record(current?.lease),
  ): Promise<boolean> {
    const { client, namespace, name } = this.#options;
    const lease = { metadata: { ...current?.lease.metadata, namespace, name }, spec } as Lease;
    try {
      const verb = current ? client.replace.bind(client) : client.create.bind(client);
      this.#observe(await verb(Leases, lease, options));
      return true;
    } catch (error) {
      if (error instanceof ConflictError || error instanceof AlreadyExistsError) return false;
      throw error;
    }
  }

  #record(lease: Lease | undefined): NonNullable<Lease['spec']> {
    const now = microTime();
    const spec = lease?.spec;
    const mine = {
      holderIdentity: this.#options.identity,
      renewTime: now,
      leaseDurationSeconds: this.#seconds(),
    };
    if (spec?.holderIdentity === this.#options.identity) return { ...spec, ...mine };
    return { ...mine, acquireTime: now, leaseTransitions: lease ? (spec?.leaseTransitions ?? 0) + 1 : 0 };
  }

  #seconds(): number {
    return Math.max(1, Math.ceil(this.#options.leaseDuration / 1000));
  }

  #isOurs({ lease }: Observation): boolean {
    return lease.spec?.holderIdentity === this.#options.identity;
  }

  #isFree({ lease, at }: Observation): boolean {
    if (!lease.spec?.holderIdentity) return true;
    const seconds = lease.spec.leaseDurationSeconds ?? this.#seconds();
    return performance.now() - at > seconds * 1000;
  }
}

/** A MicroTime has six digits of a second; the API server refuses three. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
