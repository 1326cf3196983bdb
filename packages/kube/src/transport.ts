import { isDeepStrictEqual } from 'node:util';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import type { Connection, Credentials, TlsOptions } from './connection.ts';
import { ConnectionError } from './errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Milliseconds without a byte of the body; 0 for no limit. */
  readonly bodyTimeout: number;
  readonly signal: AbortSignal;
}

/** A few connections for requests. Each watch has its own besides, so that none waits for another. */
const REQUEST_CONNECTIONS = 8;
const CONNECT_TIMEOUT = 10_000;
const HEADERS_TIMEOUT = 60_000;

interface Dispatchers {
  readonly tls: TlsOptions;
  readonly requests: Dispatcher;
  readonly watches: Dispatcher;
}

/** Sends HTTP requests to the API server over kept-alive connections with the current credentials. */
export class Transport {
  readonly #connection: Connection;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #userAgent: string;
  #dispatchers: Dispatchers | undefined;

  constructor(connection: Connection, userAgent: string) {
    const url = new URL(connection.server);
    this.#connection = connection;
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, '');
    this.#userAgent = userAgent;
  }

  /** Throws ConnectionError, or the signal's reason. Whoever gets the answer must read or destroy its body. */
  async send(request: HttpRequest, kind: 'requests' | 'watches'): Promise<Dispatcher.ResponseData> {
    try {
      const { headers, tls } = await this.#connection.credentials();
      return await this.#dispatchersFor(tls)[kind].request({
        origin: this.#origin,
        path: this.#basePath + request.path + queryString(request.query),
        method: request.method,
        headers: this.#headers(request, headers),
        body: request.body === undefined ? null : JSON.stringify(request.body),
        bodyTimeout: request.bodyTimeout,
        signal: request.signal,
      });
    } catch (error) {
      throw connectionError(request, error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#dispatchers?.requests.destroy(), this.#dispatchers?.watches.destroy()]);
  }

  #headers(request: HttpRequest, credentials: Credentials['headers']): Record<string, string> {
    return {
      ...credentials,
      accept: 'application/json',
      'user-agent': this.#userAgent,
      ...(request.body !== undefined && { 'content-type': request.contentType ?? 'application/json' }),
    };
  }

  #dispatchersFor(tls: TlsOptions): Dispatchers {
    if (this.#dispatchers && isDeepStrictEqual(this.#dispatchers.tls, tls)) return this.#dispatchers;
    const replaced = this.#dispatchers;
    this.#dispatchers = {
      tls,
      requests: this.#dispatcher(tls, REQUEST_CONNECTIONS),
      watches: this.#dispatcher(tls, null),
    };
    // Watches on the old certificate end by their own time-out; close() lets them.
    void replaced?.requests.close();
    void replaced?.watches.close();
    return this.#dispatchers;
  }

  // HTTP/1.1 only: over one HTTP/2 connection a single stalled socket stalls every watch and request.
  #dispatcher(tls: TlsOptions, connections: number | null): Dispatcher {
    const connect = { ...tls, timeout: CONNECT_TIMEOUT, keepAlive: true, keepAliveInitialDelay: 30_000 };
    const common = { connections, allowH2: false, headersTimeout: HEADERS_TIMEOUT };
    const { proxyUrl } = this.#connection;
    if (proxyUrl) return new ProxyAgent({ ...common, uri: proxyUrl, requestTls: { ...tls } });
    return new Agent({ ...common, connect });
  }
}

/** What went wrong on the way, with the request that it happened to. The caller's abort stays as it is. */
export function connectionError(request: HttpRequest, error: unknown): unknown {
  if (request.signal.aborted) return request.signal.reason;
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectionError(`${request.method} ${request.path}: ${message}`, { cause: error });
}

function queryString(query: HttpRequest['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}
