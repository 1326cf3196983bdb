import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import { LeaseLock } from './lease-lock.ts';
import { silent, type Log } from './log.ts';

export interface LeaderElectionOptions {
  readonly client: Client;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Of this process; unique among the candidates. A restarted process with the same one goes on at once. */
  readonly identity: string;
  /** Milliseconds after which the others take a silent leader's place; 15 s by default. */
  readonly leaseDuration?: number;
  /** Milliseconds without a renewal after which we stop to lead; less than leaseDuration; 10 s by default. */
  readonly renewDeadline?: number;
  /** Milliseconds between attempts; 2 s by default. */
  readonly retryPeriod?: number;
  /** Shutdown: `lead` is told to stop, and the lease is given back when it has. */
  readonly signal: AbortSignal;
  /** What only one may do at a time. Must stop soon after its signal aborts. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  readonly log?: Log;
}

/** Another process may lead by now. End this one: its caches and its work under way are not to be trusted. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

interface Term extends Required<LeaderElectionOptions> {
  readonly lock: LeaseLock;
}

/**
 * Waits for leadership, then leads until `lead` or `signal` ends it. Rejects with LeadershipLostError when the
 * lease could not be renewed in time, at once and whatever `lead` still does, and with what `lead` throws.
 */
export async function runWithLeaderElection(options: LeaderElectionOptions): Promise<void> {
  const term = withDefaults(options);
  const acquired = await acquire(term);
  if (acquired === undefined) return;
  term.log.info({ lease: term.name, identity: term.identity }, 'leading');
  await serve(term, acquired);
}

function withDefaults(options: LeaderElectionOptions): Term {
  const filled = {
    leaseDuration: 15_000,
    renewDeadline: 10_000,
    retryPeriod: 2_000,
    log: silent,
    ...options,
  };
  if (filled.leaseDuration <= filled.renewDeadline || filled.renewDeadline <= filled.retryPeriod) {
    throw new RangeError('leader election needs leaseDuration > renewDeadline > retryPeriod');
  }
  return { ...filled, lock: new LeaseLock(filled) };
}

/** When the lease was ours, by performance.now(); undefined when the signal aborted first. */
async function acquire(term: Term): Promise<number | undefined> {
  while (!term.signal.aborted) {
    const asked = performance.now();
    // Half of it, so that an answer that was slow to come leaves time to renew.
    if (await attempt(term, term.renewDeadline / 2, term.signal)) return asked;
    // Jitter, so that the candidates do not ask in step.
    await pause(term.retryPeriod * (1 + Math.random() / 5), term.signal);
  }
  return undefined;
}

/** Holds the lease for as long as `lead` runs, even when it has been told to stop; then gives it back. */
async function serve(term: Term, acquired: number): Promise<void> {
  const leading = new AbortController();
  const ended = new AbortController();
  const stop = (): void => {
    leading.abort(term.signal.reason);
  };
  term.signal.addEventListener('abort', stop, { once: true });
  if (term.signal.aborted) stop();
  const work = lead(term, leading.signal).finally(() => {
    ended.abort();
  });
  const renewing = renew(term, acquired, ended.signal);
  try {
    await Promise.race([work, renewing.then(() => work)]);
  } catch (error) {
    leading.abort(error);
    throw error;
  } finally {
    term.signal.removeEventListener('abort', stop);
    if (ended.signal.aborted) await release(term, renewing);
  }
}

/** A `lead` that ends with the reason it was given for ending has not failed. */
async function lead(term: Term, signal: AbortSignal): Promise<void> {
  try {
    await term.lead(signal);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
}

/** Returns when `ended` aborts; throws LeadershipLostError when the lease is no longer surely ours. */
async function renew(term: Term, acquired: number, ended: AbortSignal): Promise<void> {
  // Counted from before the request, as nobody knows when within it the server wrote.
  let deadline = acquired + term.renewDeadline;
  for (;;) {
    await pause(Math.min(term.retryPeriod, deadline - performance.now()), ended);
    const asked = performance.now();
    if (ended.aborted) return;
    if (asked >= deadline) throw new LeadershipLostError('the lease could not be renewed in time');
    if (await attempt(term, deadline - asked)) deadline = asked + term.renewDeadline;
    else if (term.lock.holder !== term.identity) {
      throw new LeadershipLostError(`the lease is held by ${term.lock.holder ?? 'nobody'}`);
    }
  }
}

/** Never rejects: a server that cannot be asked is like a lease that is not ours. */
async function attempt(term: Term, timeout: number, signal?: AbortSignal): Promise<boolean> {
  try {
    return await term.lock.acquireOrRenew({ timeout, signal });
  } catch (error) {
    if (!signal?.aborted) term.log.warn({ err: error, lease: term.name }, 'lease not renewed');
    return false;
  }
}

async function release(term: Term, renewing: Promise<void>): Promise<void> {
  try {
    // A renewal under way would come between: the lock holds one version of the lease.
    await renewing.catch(() => undefined);
    await term.lock.release({ timeout: term.renewDeadline / 2 });
  } catch (error) {
    term.log.warn({ err: error, lease: term.name }, 'lease not released; it runs out by itself');
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, milliseconds), undefined, { signal }).catch(() => undefined);
}
