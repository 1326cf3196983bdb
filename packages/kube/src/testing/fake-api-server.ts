import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Connection } from '../connection.ts';
import { keyOf, type KubeObject } from '../object.ts';
import { FakeFailure, FakeStore, type StoredEvent } from './fake-store.ts';
import { failureStatus } from './fault.ts';
import { listen } from './listen.ts';

export interface FakeApiServer extends AsyncDisposable {
  readonly store: FakeStore;
  readonly connection: Connection;
}

export interface FakeApiServerOptions {
  /** Milliseconds between bookmarks. */
  readonly bookmarkInterval: number;
}

/** Kubernetes' REST verbs for any resource, without validation: for tests that want no real API server. */
export async function startFakeApiServer(
  options: FakeApiServerOptions = { bookmarkInterval: 50 },
): Promise<FakeApiServer> {
  const store = new FakeStore();
  const server = createServer((request, response) => {
    handle(store, options, request, response).catch((error: unknown) => {
      fail(response, error);
    });
  });
  const { url, close } = await listen(server);
  return {
    store,
    connection: { server: url, credentials: () => Promise.resolve({ headers: {}, tls: {} }) },
    [Symbol.asyncDispose]: close,
  };
}

interface Target {
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

async function handle(
  store: FakeStore,
  options: FakeApiServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const target = targetOf(url.pathname);
  if (url.searchParams.get('watch') === 'true') {
    watch(store, options, target, url.searchParams, response);
    return;
  }
  const content = await text(request);
  const body = content === '' ? undefined : (JSON.parse(content) as KubeObject);
  answer(response, 200, act(store, request.method ?? 'GET', target, url.searchParams, body));
}

function targetOf(pathname: string): Target {
  const [root, ...rest] = pathname.slice(1).split('/');
  const version = rest.splice(0, root === 'api' ? 1 : 2);
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest.splice(0, 2)[1] : undefined;
  return { collection: [root, ...version, rest[0]].join('/'), namespace, name: rest[1] };
}

function act(
  store: FakeStore,
  method: string,
  { collection, namespace, name }: Target,
  query: URLSearchParams,
  body: KubeObject | undefined,
): unknown {
  if (name === undefined) {
    return body ? store.create(collection, keyOf(body), body) : page(store, collection, namespace, query);
  }
  const key = namespace === undefined ? name : `${namespace}/${name}`;
  if (method === 'DELETE') return store.delete(collection, key);
  if (!body) return store.get(collection, key);
  const current = store.get(collection, key);
  return store.update(
    collection,
    key,
    method === 'PUT' ? body : { ...current, ...body, metadata: current.metadata },
  );
}

function page(
  store: FakeStore,
  collection: string,
  namespace: string | undefined,
  query: URLSearchParams,
): unknown {
  const items = store.list(collection, namespace);
  const start = Number(query.get('continue') ?? 0);
  const end = start + Number(query.get('limit') ?? items.length);
  const next = end < items.length ? { continue: String(end) } : {};
  return { metadata: { resourceVersion: String(store.version), ...next }, items: items.slice(start, end) };
}

function watch(
  store: FakeStore,
  options: FakeApiServerOptions,
  { collection }: Target,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const from = Number(query.get('resourceVersion'));
  const send = (type: string, object: unknown): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const tell = (event: StoredEvent): void => {
    if (event.collection === collection && event.version > from) send(event.type, event.object);
  };
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  if (from < store.compacted) {
    send('ERROR', failureStatus({ code: 410, reason: 'Expired' }));
    response.end();
    return;
  }
  store.since(from, collection).forEach(tell);
  const unsubscribe = store.subscribe(tell);
  const bookmarks = setInterval(() => {
    send('BOOKMARK', { metadata: { resourceVersion: String(store.version) } });
  }, options.bookmarkInterval);
  response.on('close', () => {
    unsubscribe();
    clearInterval(bookmarks);
  });
}

function answer(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: unknown): void {
  const failure = error instanceof FakeFailure ? error : { code: 500, reason: String(error) };
  answer(response, failure.code, failureStatus(failure));
}
