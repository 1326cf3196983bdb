import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface RelayTarget {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds between two attempts to reach a server that is on its way. */
const RETRY = 250;
/** And how long a connection waits for one: QEMU stands still while it opens a disk. */
const PATIENCE = 10_000;

/**
 * A socket of this pod through which an export of another is reached, wherever that pod is by now: QEMU's NBD client
 * keeps one address for its life, and each new pod has another. It passes bytes on and understands none; TLS is between
 * the two ends. A connection waits here for a while for somebody to reach.
 */
export class Relay {
  readonly #path: string;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #servers = new Set<Socket>();
  #target: RelayTarget | undefined;

  static async listen(path: string, target: RelayTarget | undefined): Promise<Relay> {
    const relay = new Relay(path, target);
    await rm(path, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    relay.#server.once('error', reject).listen(path, () => {
      resolve(undefined);
    });
    await promise;
    return relay;
  }

  private constructor(path: string, target: RelayTarget | undefined) {
    this.#path = path;
    this.#target = target;
    this.#server = createServer((client) => void this.#serve(client));
  }

  /** From now on. Connections to a server that is no longer it are cut: it may be gone without a word. */
  aim(target: RelayTarget | undefined): void {
    if (target?.host === this.#target?.host && target?.port === this.#target?.port) return;
    this.#target = target;
    for (const server of this.#servers) server.destroy();
  }

  async close(): Promise<void> {
    this.#target = undefined;
    this.#server.close();
    for (const client of this.#clients) client.destroy();
    await rm(this.#path, { force: true });
  }

  async #serve(client: Socket): Promise<void> {
    const closed = new AbortController();
    client
      .on('error', () => undefined)
      .once('close', () => {
        closed.abort();
      });
    this.#clients.add(client);
    try {
      await this.#pass(
        client,
        await this.#reach(AbortSignal.any([closed.signal, AbortSignal.timeout(PATIENCE)])),
      );
    } catch {
      // One end has closed, which the other one sees.
    } finally {
      client.destroy();
      this.#clients.delete(client);
    }
  }

  async #pass(client: Socket, server: Socket): Promise<void> {
    this.#servers.add(server);
    try {
      await Promise.all([pipeline(client, server), pipeline(server, client)]);
    } finally {
      server.destroy();
      this.#servers.delete(server);
    }
  }

  async #reach(signal: AbortSignal): Promise<Socket> {
    for (;;) {
      signal.throwIfAborted();
      const server = this.#target && (await connected(this.#target, signal));
      if (server) return server;
      await delay(RETRY, undefined, { signal });
    }
  }
}

async function connected({ host, port }: RelayTarget, signal: AbortSignal): Promise<Socket | undefined> {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 });
  const giveUp = (): void => {
    socket.destroy();
    resolve(undefined);
  };
  signal.addEventListener('abort', giveUp);
  socket.once('connect', () => {
    resolve(socket);
  });
  socket.once('error', giveUp);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
