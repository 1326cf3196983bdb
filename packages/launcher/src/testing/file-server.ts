import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen, portOf } from '../http/server.ts';

export interface Fault {
  /** Ends the connection after this many bytes of the body. */
  readonly cutAfter?: number;
  readonly status?: number;
  readonly redirectTo?: string;
  /** Never answers. */
  readonly stall?: boolean;
}

/** Serves one file over HTTP with ranges, and misbehaves as told, a fault a request. */
export class FileServer {
  readonly #server: Server;
  content: Buffer;
  etag = '"one"';
  ranges = true;
  readonly faults: Fault[] = [];
  /** The Range header of each request so far. */
  readonly requests: (string | undefined)[] = [];
  /** Called with each request before it is answered. */
  onRequest: () => void = () => undefined;

  static async start(content: Buffer): Promise<FileServer> {
    const server = new FileServer(content);
    await listen(server.#server, 0);
    return server;
  }

  private constructor(content: Buffer) {
    this.content = content;
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}/image`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.headers.range);
    this.onRequest();
    const fault = this.faults.shift() ?? {};
    if (fault.stall) return;
    if (fault.status !== undefined) {
      response
        .writeHead(fault.status, fault.redirectTo === undefined ? {} : { location: fault.redirectTo })
        .end();
      return;
    }
    const body = this.#head(request, response);
    if (fault.cutAfter === undefined) response.end(body);
    else response.write(body.subarray(0, fault.cutAfter), () => response.destroy());
  }

  #head(request: IncomingMessage, response: ServerResponse): Buffer {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const total = this.content.length;
    if (!this.ranges || start === 0 || request.headers['if-range'] !== this.etag) {
      response.writeHead(200, { 'content-length': total, etag: this.etag });
      return this.content;
    }
    if (start >= total) {
      response.writeHead(416, { 'content-range': `bytes */${total}` });
      return Buffer.alloc(0);
    }
    response.writeHead(206, {
      'content-length': total - start,
      'content-range': `bytes ${start}-${total - 1}/${total}`,
      etag: this.etag,
    });
    return this.content.subarray(start);
  }
}
