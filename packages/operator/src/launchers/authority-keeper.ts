/** Keeps what this process trusts up to date with the stored authorities, and sees to their rotation. */
import { setTimeout as delay } from 'node:timers/promises';
import { AlreadyExistsError, ConflictError, type Log } from '@hypersdk/kube';
import { storedAuthorities, type AuthorityStore } from './stored-authority.ts';
import { trustIn, type Trust } from './trust.ts';

/** Milliseconds. Rotation takes weeks; this is for a Secret that somebody has deleted or put back. */
const LOOK_AGAIN = 600_000;

export interface AuthorityKeeperOptions extends AuthorityStore {
  readonly now: () => Date;
  readonly log: Log;
  /** Launchers' certificates are to be looked at again. */
  readonly onChange: () => void;
}

export class AuthorityKeeper {
  readonly #options: AuthorityKeeperOptions;
  #trust: Trust;

  static async open(options: AuthorityKeeperOptions, signal: AbortSignal): Promise<AuthorityKeeper> {
    return new AuthorityKeeper(options, await currentTrust(options, undefined, signal));
  }

  private constructor(options: AuthorityKeeperOptions, trust: Trust) {
    this.#options = options;
    this.#trust = trust;
  }

  get trust(): Trust {
    return this.#trust;
  }

  get now(): Date {
    return this.#options.now();
  }

  /** Takes the next step of a rotation, if it is time for one. */
  async refresh(signal: AbortSignal): Promise<void> {
    const before = this.#trust;
    this.#trust = await currentTrust(this.#options, before, signal);
    const isSame =
      before.bundle === this.#trust.bundle && before.signer.certificate === this.#trust.signer.certificate;
    if (isSame) return;
    this.#options.log.info({}, 'the authority of the launchers has changed; their certificates are renewed');
    this.#options.onChange();
  }

  /** Until the signal aborts. Never rejects: what is known goes on to serve. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(LOOK_AGAIN, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.refresh(signal).catch((error: unknown) => {
        if (!signal.aborted) this.#options.log.warn({ error }, 'the authority could not be looked at');
      });
    }
  }
}

async function currentTrust(
  options: AuthorityKeeperOptions,
  before: Trust | undefined,
  signal: AbortSignal,
): Promise<Trust> {
  const now = options.now();
  const { timing } = options;
  try {
    return await trustIn(await storedAuthorities(options, now, signal), now, { timing, before });
  } catch (error) {
    if (!(error instanceof ConflictError || error instanceof AlreadyExistsError)) throw error;
    // Another replica was faster, and what it wrote counts.
    return trustIn(await storedAuthorities(options, now, signal), now, { timing, before });
  }
}
