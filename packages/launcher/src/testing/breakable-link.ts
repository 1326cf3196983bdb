import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listen, portOf } from '../http/server.ts';

/** A network on the way to a port of this machine. */
export class BreakableLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #silent = new Set<Socket>();
  #onConnection: (() => void) | undefined;

  static async to(port: number): Promise<BreakableLink> {
    const link = new BreakableLink(port);
    await listen(link.#server, 0);
    return link;
  }

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
      this.#onConnection?.();
    });
  }

  get port(): number {
    return portOf(this.#server);
  }

  /** What is under way is lost, and both ends hear of it. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Nothing comes through any more, and nobody hears of that; connections made later are well. */
  fallSilent(): void {
    for (const socket of this.#sockets) {
      socket.unpipe().pause().removeAllListeners('close');
      this.#silent.add(socket);
    }
    this.#sockets.clear();
  }

  /** Resolves at the next connection. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#onConnection = resolve;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    for (const socket of this.#silent) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
