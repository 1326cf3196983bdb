import { ConnectionClosedError } from './errors.ts';
import type { Reply } from './message.ts';
import { stringifyJson } from './json.ts';
import { wait, type WaitOptions } from './wait.ts';

/**
 * QEMU reads out-of-band commands only while fewer than eight in-band ones are queued (monitor/qmp.c, QMP_REQ_QUEUE_LEN_MAX).
 * None of them is off the queue while its main loop is held up, which is when out-of-band commands are needed.
 */
const MAX_IN_BAND = 7;

export interface Request {
  readonly command: string;
  readonly arguments: unknown;
  readonly outOfBand: boolean;
}

interface Entry {
  readonly id: number;
  readonly command: string;
  readonly outOfBand: boolean;
  readonly line: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Matches replies to requests by id, and keeps the number of in-band commands on the wire low. */
export class Requests {
  readonly #write: (line: string) => void;
  readonly #sent = new Map<number, Entry>();
  readonly #queued = new Set<Entry>();
  #inBand = 0;
  #lastId = 0;
  #closed: ConnectionClosedError | undefined;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  send({ command, arguments: args, outOfBand }: Request, options: WaitOptions): Promise<Reply> {
    if (this.#closed !== undefined) return Promise.reject(interrupted(command, this.#closed));
    const id = ++this.#lastId;
    const line = stringifyJson({ [outOfBand ? 'exec-oob' : 'execute']: command, arguments: args, id });
    return wait(command, options, (resolve, reject) => {
      const entry = { id, command, outOfBand, line, resolve, reject };
      if (outOfBand) this.#transmit(entry);
      else this.#enqueue(entry);
      // One that is on the wire stays: its place is free only when QEMU has answered.
      return () => {
        this.#queued.delete(entry);
      };
    });
  }

  /** Replies of unknown id are dropped, as the specification asks for. */
  settle(reply: Reply): void {
    const entry = typeof reply.id === 'number' ? this.#sent.get(reply.id) : undefined;
    if (entry === undefined) return;
    this.#sent.delete(entry.id);
    if (!entry.outOfBand) this.#inBand -= 1;
    entry.resolve(reply);
    this.#flush();
  }

  close(error: ConnectionClosedError): void {
    this.#closed = error;
    for (const { command, reject } of [...this.#sent.values(), ...this.#queued]) {
      reject(interrupted(command, error));
    }
    this.#sent.clear();
    this.#queued.clear();
  }

  #enqueue(entry: Entry): void {
    this.#queued.add(entry);
    this.#flush();
  }

  #flush(): void {
    for (const entry of this.#queued) {
      if (this.#inBand >= MAX_IN_BAND) return;
      this.#queued.delete(entry);
      this.#inBand += 1;
      this.#transmit(entry);
    }
  }

  #transmit(entry: Entry): void {
    this.#sent.set(entry.id, entry);
    this.#write(entry.line);
  }
}

function interrupted(command: string, cause: ConnectionClosedError): ConnectionClosedError {
  return new ConnectionClosedError(cause.reason, `${command}: ${cause.message}`, { cause });
}
