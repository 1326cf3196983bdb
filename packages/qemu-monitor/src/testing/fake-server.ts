/** A scripted QMP server on a unix socket, for tests of what a real QEMU does only on a bad day. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LineDecoder } from '../framing.ts';
import { parseJson, stringifyJson } from '../json.ts';

export interface FakeCall {
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly id: unknown;
  readonly outOfBand: boolean;
}

/** The server's side of one connection. Nothing is answered but what the script says. */
export interface FakeConnection {
  reply(call: FakeCall, value?: unknown): void;
  fail(call: FakeCall, errorClass: string, desc: string): void;
  event(name: string, data?: object): void;
  /** Any bytes at all; with `piece`, written that many bytes at a time. */
  write(bytes: string | Uint8Array, piece?: number): void;
  /** Hangs up when all that was written is sent. */
  end(): void;
}

export type FakeHandler = (connection: FakeConnection, call: FakeCall) => void;

export interface FakeScript {
  /** Sent as it is on connecting; the default greets like QEMU 10.0 with `oob`, `''` says nothing. */
  readonly greeting?: string;
  /** By command. A command without a handler gets `CommandNotFound`, `qmp_capabilities` an empty answer. */
  readonly handlers?: Readonly<Record<string, FakeHandler>>;
  /** Bytes of each write of what the methods of FakeConnection send; the default writes them whole. */
  readonly piece?: number;
}

export interface FakeServer {
  readonly path: string;
  /** Every call so far, of all connections. */
  readonly calls: readonly FakeCall[];
  /** The first connection; a script's handlers are given those that call them. */
  readonly connected: Promise<FakeConnection>;
  readonly close: () => Promise<void>;
}

const GREETING = {
  QMP: { version: { qemu: { major: 10, minor: 0, micro: 0 }, package: 'fake' }, capabilities: ['oob'] },
};

const DEFAULT_HANDLERS: Readonly<Record<string, FakeHandler>> = {
  qmp_capabilities: (connection, call) => {
    connection.reply(call);
  },
};

export async function startFakeServer(script: FakeScript = {}): Promise<FakeServer> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-qmp-'));
  const path = join(directory, 'qmp.sock');
  const calls: FakeCall[] = [];
  const sockets: Socket[] = [];
  const connected = Promise.withResolvers<FakeConnection>();
  const server = createServer((socket) => {
    sockets.push(socket);
    connected.resolve(serve(socket, script, calls));
  });
  await once(server.listen(path), 'listening');
  return {
    path,
    calls,
    connected: connected.promise,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function serve(socket: Socket, script: FakeScript, calls: FakeCall[]): FakeConnection {
  const connection = fakeConnection(socket, script.piece);
  const handlers = { ...DEFAULT_HANDLERS, ...script.handlers };
  const decoder = new LineDecoder();
  // A client that goes away in the middle of things is what some tests are about.
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    for (const line of decoder.lines(chunk)) {
      const call = parseCall(line);
      calls.push(call);
      const handler = handlers[call.command];
      if (handler) handler(connection, call);
      else connection.fail(call, 'CommandNotFound', `The command ${call.command} has not been found`);
    }
  });
  connection.write(script.greeting ?? message(GREETING));
  return connection;
}

function fakeConnection(socket: Socket, defaultPiece = Infinity): FakeConnection {
  let written = Promise.resolve();
  const write = (bytes: string | Uint8Array, piece = defaultPiece): void => {
    written = written.then(() => writePieces(socket, Buffer.from(bytes), piece));
  };
  return {
    write,
    reply: (call, value = {}) => {
      write(message({ return: value, id: call.id }));
    },
    fail: (call, errorClass, desc) => {
      write(message({ error: { class: errorClass, desc }, id: call.id }));
    },
    event: (name, data) => {
      write(message({ event: name, data, timestamp: { seconds: 1, microseconds: 0 } }));
    },
    end: () => {
      void written.then(() => socket.end());
    },
  };
}

/** Lets the reader have each piece before the next one is written. */
async function writePieces(socket: Socket, bytes: Buffer, piece: number): Promise<void> {
  for (let start = 0; start < bytes.length; start += piece) {
    socket.write(bytes.subarray(start, start + piece));
    await setImmediate();
  }
}

function message(value: object): string {
  return `${stringifyJson(value)}\r\n`;
}

function parseCall(line: string): FakeCall {
  // Whoever connects to a fake server is a QMP client.
  const request = parseJson(line) as Record<string, unknown>;
  const outOfBand = 'exec-oob' in request;
  return {
    command: String(request[outOfBand ? 'exec-oob' : 'execute']),
    arguments: (request.arguments ?? {}) as FakeCall['arguments'],
    id: request.id,
    outOfBand,
  };
}
