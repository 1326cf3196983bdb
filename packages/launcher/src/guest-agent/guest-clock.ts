import { CommandError, type GuestAgent, type QmpEvent } from 'qemu-monitor';
import type { Log } from '../log.ts';
import { messageOf } from '../problem.ts';
import { eventTime } from '../qemu/event-time.ts';

/** Milliseconds that a guest may stand still, as for a snapshot, without its clock being set. */
const UNNOTICED = 1_000;
const NANOSECONDS = 1_000_000n;

type Heard = Pick<QmpEvent, 'event' | 'timestamp'>;

/**
 * A guest that stood still goes on with the time at which it stopped: it was paused, suspended, or taken back to a snapshot
 * with memory. Its agent sets its clock when it goes on.
 */
export class GuestClock {
  readonly #log: Log;
  #stopped: number | undefined;
  #isBehind = false;

  constructor(log: Log) {
    this.#log = log;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** One that goes on without having been seen to stop stood still for nobody knows how long. */
  hear(event: Heard): void {
    if (event.event === 'STOP') this.#stopped = eventTime(event);
    if (event.event !== 'RESUME') return;
    const stood = eventTime(event) - (this.#stopped ?? -Infinity);
    this.#isBehind ||= stood > UNNOTICED;
    this.#stopped = undefined;
  }

  /** Rejects where the agent gives no answer; then it is to be tried again. */
  async set(agent: Pick<GuestAgent, 'execute'>): Promise<void> {
    if (!this.#isBehind) return;
    try {
      await agent.execute('guest-set-time', { time: BigInt(Date.now()) * NANOSECONDS });
      this.#log.info({}, 'the clock of a guest that stood still is set');
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      // The guest's kernel has it by then; what may fail is to tell its hardware clock.
      this.#log.warn({ reason: messageOf(error) }, 'the guest has not set its clock');
    }
    this.#isBehind = false;
  }
}
