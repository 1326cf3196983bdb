import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import type { Connection } from '../connection.ts';
import { failureStatus, strikeStream, type Fault, type StreamFault } from './fault.ts';
import { listen } from './listen.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  /** By performance.now(). */
  readonly at: number;
}

export interface Injection {
  /** All coming requests without one. */
  readonly matches?: (request: SeenRequest) => boolean;
  /** How many of them; all without it, until `heal`. */
  readonly times?: number;
}

interface OpenWatch {
  readonly response: ServerResponse;
  isStruck: boolean;
}

/** Stands between a client and an API server, keeps count, and breaks things when told. */
export class FaultProxy {
  readonly requests: SeenRequest[] = [];
  readonly connection: Connection;
  readonly #upstream: Connection;
  readonly #close: () => Promise<void>;
  readonly #open = new Set<OpenWatch>();
  #faults: { fault: Fault; matches: (request: SeenRequest) => boolean; left: number }[] = [];
  #agent: Agent | undefined;

  private constructor(upstream: Connection, url: string, close: () => Promise<void>) {
    this.#upstream = upstream;
    this.#close = close;
    this.connection = { server: url, credentials: () => Promise.resolve({ headers: {}, tls: {} }) };
  }

  static async start(upstream: Connection): Promise<FaultProxy> {
    const server = createServer((request, response) => {
      proxy.#handle(request, response).catch(() => response.destroy());
    });
    const { url, close } = await listen(server);
    const proxy = new FaultProxy(upstream, url, close);
    return proxy;
  }

  get openWatches(): number {
    return [...this.#open].filter(({ isStruck }) => !isStruck).length;
  }

  get watches(): SeenRequest[] {
    return this.requests.filter(({ isWatch }) => isWatch);
  }

  get lists(): SeenRequest[] {
    return this.requests.filter(({ isWatch, method }) => !isWatch && method === 'GET');
  }

  /** Breaks coming requests. */
  inject(fault: Fault, { matches = () => true, times = Infinity }: Injection = {}): void {
    this.#faults.push({ fault, matches, left: times });
  }

  /** Coming requests go through again. */
  heal(): void {
    this.#faults = [];
  }

  /** Breaks the watches under way; not one more event comes through. */
  strike(fault: StreamFault): void {
    for (const watch of this.#open) {
      watch.isStruck = true;
      strikeStream(watch.response, fault);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await this.#agent?.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = seenRequest(request);
    this.requests.push(seen);
    const fault = this.#nextFault(seen);
    if (!fault) {
      await this.#forward(request, response, { isWatch: seen.isWatch, write });
      return;
    }
    switch (fault.type) {
      case 'slow':
        await this.#forward(request, response, { isWatch: seen.isWatch, write: drip });
        return;
      case 'lose-answer':
        await this.#forward(request, response, { isWatch: false, write: resetConnection });
        return;
      case 'status':
        refuse(response, fault);
        return;
      default:
        response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
        strikeStream(response, fault);
    }
  }

  #nextFault(seen: SeenRequest): Fault | undefined {
    const found = this.#faults.find(({ left, matches }) => left > 0 && matches(seen));
    if (found) found.left--;
    return found?.fault;
  }

  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    { isWatch, write }: { isWatch: boolean; write: Writer },
  ): Promise<void> {
    const gone = new AbortController();
    const watch: OpenWatch = { response, isStruck: false };
    response.on('close', () => {
      gone.abort();
      this.#open.delete(watch);
    });
    const answer = await this.#send(request, gone.signal);
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).flushHeaders();
    if (isWatch) this.#open.add(watch);
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      if (watch.isStruck) continue;
      await write(response, chunk);
    }
    if (!watch.isStruck) response.end();
  }

  async #send(request: IncomingMessage, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { headers, tls } = await this.#upstream.credentials();
    this.#agent ??= new Agent({ connect: tls, allowH2: false });
    const type = request.headers['content-type'];
    return this.#agent.request({
      origin: this.#upstream.server,
      path: request.url ?? '/',
      method: request.method as Dispatcher.HttpMethod,
      headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
      body: request,
      bodyTimeout: 0,
      signal,
    });
  }
}

function seenRequest(request: IncomingMessage): SeenRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://proxy');
  const isWatch = searchParams.get('watch') === 'true';
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    isWatch,
    at: performance.now(),
  };
}

function refuse(response: ServerResponse, fault: Extract<Fault, { type: 'status' }>): void {
  const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
  response.writeHead(fault.code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(failureStatus(fault)));
}

type Writer = (response: ServerResponse, chunk: Buffer) => void | Promise<void>;

function write(response: ServerResponse, chunk: Buffer): void {
  response.write(chunk);
}

function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

async function drip(response: ServerResponse, chunk: Buffer): Promise<void> {
  for (let start = 0; start < chunk.length; start += 7) {
    response.write(chunk.subarray(start, start + 7));
    await setImmediate();
  }
}
