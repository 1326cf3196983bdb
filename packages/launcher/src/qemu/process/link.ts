import { connectQmp, type QmpClient } from 'qemu-monitor';
import type { Log } from '../../log.ts';
import { messageOf } from '../../problem.ts';
import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { qemuProcess } from './process.ts';
import { WakeUp } from '../../wake-up.ts';
import { Reboots } from '../reboots.ts';

/** Milliseconds. QEMU answers 30 ms after its start, a loaded node later. */
const FIRST_DELAY = 5;
const LONGEST_DELAY = 500;
const CONNECT_TIMEOUT = 5_000;
const COMMAND_TIMEOUT = 5_000;

export type LinkState =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected'; readonly client: QmpClient }
  /** QEMU has ended; `shutdown` is the cause that its last SHUTDOWN event gave. */
  | { readonly state: 'gone'; readonly shutdown?: string | undefined };

export interface LinkOptions {
  readonly files: RuntimeFiles;
  readonly log: Log;
  /** Something about QEMU may be different now. */
  readonly onChange: () => void;
  /** QEMU was found. */
  readonly onConnected: (client: QmpClient) => void;
  /** The guest rebooted itself. */
  readonly onReboot: () => void;
}

/** Holds the one QMP connection: finds QEMU as it starts, finds it again, and knows when it is gone. */
export class QemuLink {
  readonly #options: LinkOptions;
  #state: LinkState = { state: 'connecting' };
  #shutdown: string | undefined;
  readonly #reboots = new Reboots();
  readonly #nudged = new WakeUp();
  #wait = FIRST_DELAY;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Runs until QEMU has ended or `signal` aborts. QEMU may be started before or afterwards. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#nudged.clear();
      const client = await this.#connect(signal);
      if (client) {
        await this.#stayConnected(client, signal);
        this.#wait = FIRST_DELAY;
      } else if ((await qemuProcess(this.#options.files)) === 'gone') {
        this.#become({ state: 'gone', shutdown: this.#shutdown });
        return;
      }
      await this.#nudged.wait(new Date(Date.now() + this.#wait), signal);
      this.#wait = Math.min(this.#wait * 1.5, LONGEST_DELAY);
    }
  }

  /** QEMU may have made its socket just now. */
  nudge(): void {
    this.#wait = FIRST_DELAY;
    this.#nudged.wake();
  }

  async #connect(signal: AbortSignal): Promise<QmpClient | undefined> {
    const path = this.#options.files.qmp;
    try {
      return await connectQmp({ path, signal, timeout: CONNECT_TIMEOUT, commandTimeout: COMMAND_TIMEOUT });
    } catch {
      return undefined; // no socket, nobody listening, or no greeting: qemuProcess knows the difference
    }
  }

  async #stayConnected(client: QmpClient, signal: AbortSignal): Promise<void> {
    const onAbort = (): void => {
      client.close();
    };
    signal.addEventListener('abort', onAbort);
    client.onEvent((event) => {
      if (event.event === 'SHUTDOWN') this.#shutdown = event.data.reason;
      if (event.event === 'RESET' && this.#reboots.isReboot(event)) this.#options.onReboot();
      this.#options.onChange();
    });
    this.#options.onConnected(client);
    this.#become({ state: 'connected', client });
    const closed = await client.closed;
    signal.removeEventListener('abort', onAbort);
    this.#options.log.info({ reason: messageOf(closed) }, 'QMP connection closed');
    this.#become({ state: 'connecting' });
  }

  #become(state: LinkState): void {
    this.#state = state;
    this.#options.onChange();
  }
}
