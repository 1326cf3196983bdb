import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { describe, it } from 'node:test';
import { Client } from './client.ts';
import type { Connection } from './connection.ts';
import {
  ApiError,
  ConnectionError,
  ForbiddenError,
  GoneError,
  isTransient,
  NotFoundError,
  ServerError,
  TooManyRequestsError,
} from './errors.ts';
import { ConfigMaps, Nodes, Pods } from './resources.ts';
import { startFakeApiServer, type FakeApiServer } from './testing/fake-api-server.ts';
import type { Fault } from './testing/fault.ts';
import { FaultProxy } from './testing/fault-proxy.ts';
import { listen } from './testing/listen.ts';
import { until } from './testing/until.ts';

const key = { namespace: 'test', name: 'web' };

describe('the client', () => {
  const failures: { fault: Fault; expected: new (...args: never) => Error; transient: boolean }[] = [
    { fault: { type: 'status', code: 403, reason: 'Forbidden' }, expected: ForbiddenError, transient: false },
    { fault: { type: 'status', code: 404, reason: 'NotFound' }, expected: NotFoundError, transient: false },
    { fault: { type: 'status', code: 410, reason: 'Expired' }, expected: GoneError, transient: false },
    {
      fault: { type: 'status', code: 429, reason: 'TooManyRequests' },
      expected: TooManyRequestsError,
      transient: true,
    },
    {
      fault: { type: 'status', code: 503, reason: 'ServiceUnavailable' },
      expected: ServerError,
      transient: true,
    },
    { fault: { type: 'status', code: 418, reason: 'Teapot' }, expected: ApiError, transient: false },
    { fault: { type: 'reset' }, expected: ConnectionError, transient: true },
    { fault: { type: 'truncate' }, expected: ConnectionError, transient: true },
    { fault: { type: 'silence' }, expected: ConnectionError, transient: true },
  ];
  for (const { fault, expected, transient } of failures) {
    const name = fault.type === 'status' ? `HTTP ${fault.code}` : fault.type;
    it(`throws ${expected.name} for ${name}`, async () => {
      await using broken = await setting();
      broken.proxy.inject(fault);
      // Nobody else keeps it waiting; a busy machine may be slow to answer.
      const options = fault.type === 'silence' ? { timeout: 200 } : {};
      await assert.rejects(broken.client.get(Pods, key, options), (error) => {
        assert.ok(error instanceof expected);
        assert.match(error.message, /^GET \/api\/v1\/namespaces\/test\/pods\/web: /);
        assert.equal(isTransient(error), transient);
        return true;
      });
    });
  }

  it('says for how long to stay away', async () => {
    await using broken = await setting();
    broken.proxy.inject({ type: 'status', code: 429, reason: 'TooManyRequests', retryAfter: 7 });
    await assert.rejects(broken.client.get(Pods, key), { retryAfter: 7_000 });
  });

  it('rejects with the reason of the caller who gave up', async () => {
    await using broken = await setting();
    broken.proxy.inject({ type: 'silence' });
    const controller = new AbortController();
    const answer = broken.client.get(Pods, key, { signal: controller.signal });
    await until('the request', () => broken.proxy.requests.length === 1);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await assert.rejects(answer, (error) => error === reason);
    await assert.rejects(
      broken.client.get(Pods, key, { signal: controller.signal }),
      (error) => error === reason,
    );
    assert.equal(broken.proxy.requests.length, 1, 'the second was not even sent');
  });

  it('refuses a namespaced object without a namespace before it asks', async () => {
    await using fine = await setting();
    assert.throws(() => fine.client.get(Pods, { name: 'web' }), /Pod web needs a namespace/);
    assert.throws(() => fine.client.create(ConfigMaps, { metadata: { name: 'web' } }), /needs a namespace/);
  });

  it('does not let many watches hold up requests', async () => {
    await using fine = await setting();
    const stop = new AbortController();
    const watches = Array.from({ length: 30 }, async () => {
      const events = fine.client.watch(ConfigMaps, { resourceVersion: '1', signal: stop.signal });
      for await (const _ of events) continue;
    });
    await until('thirty watches', () => fine.proxy.openWatches === 30);
    assert.deepEqual((await fine.client.list(ConfigMaps)).items, []);
    stop.abort();
    await Promise.allSettled(watches);
  });

  it('breaks off a watch whose reader leaves', async () => {
    await using fine = await setting();
    const { signal } = new AbortController();
    for await (const event of fine.client.watch(ConfigMaps, { resourceVersion: '1', signal })) {
      assert.equal(event.type, 'BOOKMARK');
      break;
    }
    await until('no watch is left', () => fine.proxy.openWatches === 0);
  });
});

describe("the client's requests", () => {
  it('carry the current credentials, who asks, and the type of a patch', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers);
      request.resume().on('end', () => response.end('{}'));
    });
    const { url, close } = await listen(server);
    let token = 0;
    const connection: Connection = {
      server: `${url}/prefix/`,
      credentials: () => Promise.resolve({ headers: { authorization: `Bearer ${++token}` }, tls: {} }),
    };
    const client = new Client(connection, { userAgent: 'hypersdk/1' });
    await client.get(Nodes, { name: 'one' });
    await client.mergePatch(Nodes, { name: 'one' }, { metadata: { labels: { a: null } } });
    await client.jsonPatch(Nodes, { name: 'one' }, []);
    await client.apply(Nodes, { metadata: { name: 'one' } }, { fieldManager: 'test' });
    await client.create(Nodes, { metadata: { name: 'one' } });
    assert.deepEqual(
      seen.map((headers) => [headers.authorization, headers['user-agent'], headers['content-type']]),
      [
        ['Bearer 1', 'hypersdk/1', undefined],
        ['Bearer 2', 'hypersdk/1', 'application/merge-patch+json'],
        ['Bearer 3', 'hypersdk/1', 'application/json-patch+json'],
        ['Bearer 4', 'hypersdk/1', 'application/apply-patch+yaml'],
        ['Bearer 5', 'hypersdk/1', 'application/json'],
      ],
    );
    await client.close();
    await close();
  });
});

interface Setting extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly proxy: FaultProxy;
  readonly client: Client;
}

async function setting(): Promise<Setting> {
  const server = await startFakeApiServer();
  const proxy = await FaultProxy.start(server.connection);
  const client = new Client(proxy.connection, { userAgent: 'test' });
  return {
    server,
    proxy,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
