/** The source's end of the call that its target makes when it listens, and that lasts until the guest is the target's. */
import type { IncomingMessage } from 'node:http';

export interface Caller {
  /** Of the migration. */
  readonly id: string;
  readonly host: string;
}

export class TargetLine {
  readonly #onCall: () => void;
  #call: (Caller & { readonly answer: () => void }) | undefined;

  constructor(onCall: () => void) {
    this.#onCall = onCall;
  }

  /** Who is on the line. */
  get caller(): Caller | undefined {
    return this.#call && { id: this.#call.id, host: this.#call.host };
  }

  /** Resolves when the guest is the caller's; the last who calls is answered. Rejects when the caller has gone. */
  async hold(caller: Caller, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const call = {
      ...caller,
      answer: () => {
        resolve(undefined);
      },
    };
    this.#call = call;
    signal.addEventListener('abort', () => {
      reject(new Error('the target has hung up'));
    });
    this.#onCall();
    try {
      await promise;
    } finally {
      if (this.#call === call) this.#call = undefined;
    }
  }

  /** The guest of this migration is its target's. */
  handOver(id: string): void {
    if (this.#call?.id === id) this.#call.answer();
  }
}

/** The address that a request came from, as the source's QEMU may connect to it. */
export function hostOf({ socket }: Pick<IncomingMessage, 'socket'>): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
