/** A scripted QMP server on a unix socket, for tests of what a real QEMU does only on a bad day. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  /** Stops reading, so that what the client writes piles up. */
  pause(): void;
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
  /** The connection that was made last. */
  readonly connection: () => FakeConnection;
  readonly close: () => Promise<void>;
}
