import { setTimeout as delay } from 'node:timers/promises';
import type { MachineGuestAgent, Quiesced } from '@hypersdk/api/machine';
import { connectGuestAgent, type GuestAgent, type QmpClient } from 'qemu-monitor';
import { messageOf } from '../problem.ts';
import type { Log } from '../log.ts';
import { AGENT_ID } from '../qemu/devices/guest-agent.ts';
import { askIdentity, askSituation, type GuestIdentity } from './ask-guest.ts';
import { GuestClock } from './guest-clock.ts';
import { quiesce, thawWhatIsFrozen } from './quiesce.ts';

/** When the agent is asked; times in milliseconds. */
export interface Pace {
  /** Addresses come soon after the agent; later on little changes. */
  readonly firstPeriod: number;
  readonly longestPeriod: number;
  readonly commandTimeout: number;
  readonly afterSilence: number;
  /** Times in a row that a running guest's agent may give no answer: an emulated or busy guest can be slow. */
  readonly patience: number;
}

const PACE: Pace = {
  firstPeriod: 2_000,
  longestPeriod: 60_000,
  commandTimeout: 5_000,
  afterSilence: 5_000,
  patience: 3,
};

export interface GuestWatchOptions {
  /** Socket of the agent's channel. */
  readonly path: string;
  readonly macs: () => readonly string[];
  readonly log: Log;
  readonly onChange: () => void;
  readonly pace?: Pace;
}

/** Keeps asking the guest agent how the guest is, for as long as the guest holds its end of the channel open. */
export class GuestWatch {
  readonly #options: GuestWatchOptions;
  readonly #pace: Pace;
  #state: MachineGuestAgent | undefined;
  #open: boolean | undefined;
  #conversation = new AbortController();
  #agent: GuestAgent | undefined;
  /** A launcher before this one may have died between freezing and thawing. */
  #mayBeFrozen = true;
  readonly #clock: GuestClock;
  #turn: Promise<unknown> = Promise.resolve();
  #hurry = Promise.withResolvers<boolean>();

  constructor(options: GuestWatchOptions) {
    this.#options = options;
    this.#pace = options.pace ?? PACE;
    this.#clock = new GuestClock(options.log);
  }

  /** What the agent said last; undefined before anything is known. */
  get state(): MachineGuestAgent | undefined {
    return this.#state;
  }

  /** The agent, while it answers. Its commands wait for each other. */
  get agent(): GuestAgent | undefined {
    return this.#state?.connection === 'Connected' ? this.#agent : undefined;
  }

  /** To be called when something has been done to the guest of which its agent is to tell: it is asked as often as at first. */
  lookAgain(): void {
    this.#hurry.resolve(true);
  }

  /**
   * Has the guest write out what it holds back and keep still while `instant` is done, which is done in any case. A
   * guest that could not be thawed is thawed as soon as its agent answers.
   */
  async quiesce(instant: () => Promise<void>): Promise<Quiesced> {
    const { agent } = this;
    if (!agent) {
      await instant();
      return { value: false, reason: 'no guest agent answers' };
    }
    return this.#alone(async () => {
      this.#mayBeFrozen = true;
      try {
        const { quiesced, thawed } = await quiesce(agent, instant);
        this.#mayBeFrozen = !thawed;
        return quiesced;
      } finally {
        if (this.#mayBeFrozen) this.#hurry.resolve(true);
      }
    });
  }

  /** A frozen guest answers few questions, so that nothing is asked meanwhile. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Follows the channel of the QEMU at the other end of `client` until the connection ends. */
  async follow(client: QmpClient): Promise<void> {
    this.#open = undefined;
    client.onEvent((event) => {
      if (event.event === 'VSERPORT_CHANGE' && event.data.id === AGENT_ID) {
        this.#channel(client, event.data.open);
      }
      this.#clock.hear(event);
      if (this.#clock.isBehind) this.#hurry.resolve(true);
    });
    try {
      const devices = await client.execute('query-chardev');
      const channel = devices.find(({ label }) => label === AGENT_ID);
      // An event is newer than this answer.
      if (channel && !this.#isHeardOf()) this.#channel(client, channel['frontend-open']);
    } catch (error) {
      this.#options.log.warn({ reason: messageOf(error) }, 'the guest agent channel is not known');
    }
    await client.closed;
    this.#conversation.abort();
  }

  #isHeardOf(): boolean {
    return this.#open !== undefined;
  }

  #channel(client: QmpClient, open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    this.#conversation.abort();
    this.#conversation = new AbortController();
    if (open) void this.#converse(client, this.#conversation.signal);
    else this.#become({ ...this.#state, connection: 'NotConnected' });
  }

  async #converse(client: QmpClient, signal: AbortSignal): Promise<void> {
    do {
      try {
        const { commandTimeout } = this.#pace;
        const agent = await connectGuestAgent({ path: this.#options.path, commandTimeout, signal });
        this.#agent = agent;
        await this.#poll(client, agent, signal).finally(() => {
          this.#agent = undefined;
          agent.close();
        });
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.warn({ reason: messageOf(error) }, 'the guest agent channel broke');
      }
    } while (await pause(this.#pace.afterSilence, signal));
  }

  /** Until the connection or the signal ends. */
  async #poll(client: QmpClient, agent: GuestAgent, signal: AbortSignal): Promise<void> {
    let identity: GuestIdentity | undefined;
    const { firstPeriod, longestPeriod, afterSilence, patience } = this.#pace;
    let period = firstPeriod / 2;
    let silences = 0;
    const ended = agent.closed.then(() => false);
    const wait = (time: number): Promise<boolean> => {
      const hurried = this.#hurry.promise.then((goesOn) => {
        period = firstPeriod / 2;
        return goesOn;
      });
      return Promise.race([ended, pause(time, signal), hurried]);
    };
    do {
      // What happens while it is asked may have come too late for an answer.
      this.#hurry = Promise.withResolvers();
      try {
        await this.#alone(async () => {
          await this.#thaw(agent);
          await this.#clock.set(agent);
          identity ??= await askIdentity(agent, signal);
          await this.#ask(agent, identity, signal);
        });
        silences = 0;
      } catch (error) {
        if (signal.aborted) return;
        silences = (await isRunning(client)) ? silences + 1 : 0;
        this.#options.log.debug({ reason: messageOf(error), silences }, 'no answer from the guest agent');
        if (silences >= patience) this.#become({ ...this.#state, connection: 'NotAnswering' });
      }
      period = Math.min(period * 2, longestPeriod);
    } while (await wait(silences > 0 ? afterSilence : period));
  }

  async #thaw(agent: GuestAgent): Promise<void> {
    if (!this.#mayBeFrozen) return;
    if (await thawWhatIsFrozen(agent)) this.#options.log.warn({}, 'a guest that was left frozen is thawed');
    this.#mayBeFrozen = false;
  }

  async #ask(agent: GuestAgent, identity: GuestIdentity, signal: AbortSignal): Promise<void> {
    const { macs } = this.#options;
    const before = this.#state?.fileSystems ?? [];
    const situation = await askSituation({ agent, macs: macs(), before, signal });
    signal.throwIfAborted();
    this.#become({ connection: 'Connected', ...identity, ...situation });
  }

  #become(state: MachineGuestAgent): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#options.onChange();
  }
}

/** Whether it has passed; false when the signal ended it. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return delay(milliseconds, true, { signal }).catch(() => false);
}

/** A guest that stands still gives no answer, and that says nothing of its agent. */
async function isRunning(client: QmpClient): Promise<boolean> {
  try {
    return (await client.execute('query-status')).status === 'running';
  } catch {
    return false;
  }
}
