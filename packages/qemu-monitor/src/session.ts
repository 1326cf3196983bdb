import { createConnection, type Socket } from 'node:net';
import {
  CommandError,
  ConnectionClosedError,
  ProtocolError,
  StateError,
  type CloseReason,
} from './errors.ts';
import { LineDecoder } from './framing.ts';
import { stringifyJson } from './json.ts';
import { parseMessage, type Greeting, type Message, type Notice } from './message.ts';
import { wait, type WaitOptions } from './wait.ts';

/** A unix socket, or TCP. */
export type QmpAddress = { readonly path: string } | { readonly host: string; readonly port: number };

export function addressName(address: QmpAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`;
}

export type SessionState = 'idle' | 'connecting' | 'running' | 'closed';

export interface SessionHandlers {
  /** Replies and events, in the order of arrival. */
  readonly onNotice: (notice: Notice) => void;
  /** Once, when the session is over, however far it came. */
  readonly onClosed: (error: ConnectionClosedError) => void;
}

/** One connection: idle -> connecting (greeting, capabilities) -> running -> closed. Never used twice. */
export class Session {
  readonly #name: string;
  readonly #address: QmpAddress;
  readonly #handlers: SessionHandlers;
  readonly #decoder: LineDecoder;
  #state: SessionState = 'idle';
  #greeting: Greeting | undefined;
  #socket: Socket | undefined;
  #step: (message: Message) => void;
  #settleConnect: { resolve: (greeting: Greeting) => void; reject: (error: unknown) => void } | undefined;

  constructor(address: QmpAddress, maxLineLength: number | undefined, handlers: SessionHandlers) {
    this.#name = addressName(address);
    this.#address = address;
    this.#handlers = handlers;
    this.#decoder = new LineDecoder(maxLineLength);
    this.#step = this.#awaitGreeting;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether QEMU takes commands out of band. */
  get outOfBand(): boolean {
    return this.#greeting?.capabilities.includes('oob') === true;
  }

  /** Rejects with ConnectionClosedError, TimeoutError or the signal's reason; the session is closed then. */
  async connect(options: WaitOptions): Promise<Greeting> {
    if (this.#state !== 'idle') throw new StateError(`a session that is ${this.#state} cannot connect`);
    this.#state = 'connecting';
    try {
      return await wait<Greeting>(`connecting to ${this.#name}`, options, (resolve, reject) => {
        this.#settleConnect = { resolve, reject };
        this.#open();
        return () => (this.#settleConnect = undefined);
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  write(line: string): void {
    this.#socket?.write(`${line}\n`);
  }

  close(): void {
    this.#end('client', 'was closed');
  }

  #open(): void {
    const socket = createConnection({ ...this.#address, noDelay: true });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A QEMU that is killed resets the connection when it had something left to read.
      const isServer = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      this.#end(isServer ? 'server' : 'socket', `failed: ${error.message}`, error);
    });
    socket.on('close', () => {
      this.#end('server', 'was ended by the server');
    });
  }

  #read(chunk: Buffer): void {
    try {
      for (const line of this.#decoder.lines(chunk)) this.#step(parseMessage(line));
    } catch (error) {
      if (!(error instanceof ProtocolError || error instanceof CommandError)) throw error;
      this.#end('protocol', `failed: ${error.message}`, error);
    }
  }

  #awaitGreeting(message: Message): void {
    if (message.type !== 'greeting') throw new ProtocolError('the server sent no greeting');
    this.#greeting = message.greeting;
    this.#step = this.#awaitCapabilities;
    const enable = this.outOfBand ? ['oob'] : [];
    this.write(stringifyJson({ execute: 'qmp_capabilities', arguments: { enable }, id: 0 }));
  }

  #awaitCapabilities(message: Message): void {
    switch (message.type) {
      case 'return':
        this.#run();
        break;
      case 'error':
        throw new CommandError('qmp_capabilities', message.class, message.desc);
      case 'event':
        this.#handlers.onNotice(message);
        break;
      case 'greeting':
        throw new ProtocolError('the server greeted twice');
    }
  }

  #run(): void {
    this.#state = 'running';
    this.#step = this.#dispatch;
    // Set by the step before this one.
    if (this.#greeting !== undefined) this.#settleConnect?.resolve(this.#greeting);
  }

  #dispatch(message: Message): void {
    if (message.type === 'greeting') throw new ProtocolError('the server greeted twice');
    if (message.type === 'error' && message.id === undefined) {
      throw new ProtocolError(`the server could not read a request: ${message.desc}`);
    }
    this.#handlers.onNotice(message);
  }

  #end(reason: CloseReason, what: string, cause?: Error): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const error = new ConnectionClosedError(reason, `the QMP connection to ${this.#name} ${what}`, { cause });
    this.#socket?.destroy();
    this.#settleConnect?.reject(error);
    this.#handlers.onClosed(error);
  }
}
