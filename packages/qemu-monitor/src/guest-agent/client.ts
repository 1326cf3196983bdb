import { createConnection, type Socket } from 'node:net';
import { ConnectionClosedError, type CloseReason } from '../errors.ts';
import { addressName, type QmpAddress } from '../session.ts';
import { wait, type WaitOptions } from '../wait.ts';
import { Conversation } from './conversation.ts';

export type GuestAgentOptions = QmpAddress &
  WaitOptions & {
    /** Bound of each command that names none of its own, in milliseconds; default 5,000. */
    readonly commandTimeout?: number | undefined;
    /** Longest answer taken from the guest, in bytes; default 4 MiB. */
    readonly maxAnswerLength?: number | undefined;
  };

/**
 * Connects to the socket of a guest agent's channel within `timeout` milliseconds (default 5,000). That says nothing
 * of the agent, which may be there or not, and come and go: QEMU tells by VSERPORT_CHANGE.
 *
 * Rejects with ConnectionClosedError, TimeoutError, or the signal's reason.
 */
export async function connectGuestAgent(options: GuestAgentOptions): Promise<GuestAgent> {
  const { timeout = 5_000, signal, commandTimeout = 5_000, maxAnswerLength } = options;
  const socket = createConnection(options);
  const agent = new GuestAgent(socket, addressName(options), { commandTimeout, maxAnswerLength });
  try {
    await wait<undefined>(`connecting to ${addressName(options)}`, { timeout, signal }, (resolve, reject) => {
      const onConnect = (): void => {
        resolve(undefined);
      };
      socket.once('connect', onConnect);
      void agent.closed.then(reject);
      return () => socket.off('connect', onConnect);
    });
  } catch (error) {
    agent.close();
    throw error;
  }
  return agent;
}

/** The host's end of one connection to the agent's channel. The guest is not trusted: check what it answers. */
export class GuestAgent {
  /** Resolves with the reason when the connection is gone; never rejects. */
  readonly closed: Promise<ConnectionClosedError>;
  readonly #socket: Socket;
  readonly #name: string;
  readonly #conversation: Conversation;
  readonly #commandTimeout: number;
  readonly #settleClosed: (error: ConnectionClosedError) => void;
  #end: ConnectionClosedError | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    socket: Socket,
    name: string,
    limits: { readonly commandTimeout: number; readonly maxAnswerLength: number | undefined },
  ) {
    const { promise, resolve } = Promise.withResolvers<ConnectionClosedError>();
    this.closed = promise;
    this.#settleClosed = resolve;
    this.#socket = socket;
    this.#name = name;
    this.#commandTimeout = limits.commandTimeout;
    this.#conversation = new Conversation((bytes) => socket.write(bytes), limits.maxAnswerLength);
    socket.on('data', (chunk: Buffer) => {
      this.#conversation.receive(chunk);
    });
    socket.on('error', (error) => {
      this.#finish('socket', `failed: ${error.message}`, error);
    });
    socket.on('close', () => {
      this.#finish('server', 'was ended by QEMU');
    });
  }

  /**
   * Runs a command of the agent's and returns its answer, not checked. Commands wait for each other; the time-out
   * counts from a command's turn. Rejects with CommandError when the agent refuses, with TimeoutError, the signal's
   * reason or ConnectionClosedError when the outcome is not known, with ProtocolError for what is no answer.
   */
  execute(command: string, args?: object, options: WaitOptions = {}): Promise<unknown> {
    const turn = this.#last.then(() => this.#run(command, args, options));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the connection at once; what is under way fails with ConnectionClosedError. */
  close(): void {
    this.#finish('client', 'was closed');
  }

  async #run(command: string, args: object | undefined, options: WaitOptions): Promise<unknown> {
    if (this.#end) throw this.#end;
    const timeout = options.timeout ?? this.#commandTimeout;
    const start = performance.now();
    if (!this.#conversation.inStep) await this.#conversation.sync({ ...options, timeout });
    const left = Math.max(timeout - (performance.now() - start), 0);
    return this.#conversation.ask(command, args, { ...options, timeout: left });
  }

  #finish(reason: CloseReason, what: string, cause?: Error): void {
    if (this.#end) return;
    this.#end = new ConnectionClosedError(reason, `the guest agent's connection to ${this.#name} ${what}`, {
      cause,
    });
    this.#socket.destroy();
    this.#conversation.end(this.#end);
    this.#settleClosed(this.#end);
  }
}
