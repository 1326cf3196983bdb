import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { HttpSourceConfig } from './config.ts';
import { askHttpSource } from './http-source.ts';

/** The URL of a server that answers so, for the time of the test. */
async function served(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
  return `http://127.0.0.1:${port}`;
}

const ask = (url: string, changes: Partial<HttpSourceConfig> = {}, zone = 'DE') =>
  askHttpSource(
    { url, path: 'v', intervalMs: 1, timeoutMs: 30_000, ...changes },
    zone,
    new AbortController().signal,
  );

describe('askHttpSource', () => {
  const answers: { name: string; body: string; path: string; expected: number | RegExp }[] = [
    {
      name: 'takes the number at its path',
      body: '{"data":[{"now":{"g":412.4}}]}',
      path: 'data.0.now.g',
      expected: 412,
    },
    { name: 'takes an answer that is a number', body: '0', path: '', expected: 0 },
    { name: 'refuses text for a number', body: '{"v":"412"}', path: 'v', expected: /no such number at v/ },
    { name: 'refuses a negative number', body: '{"v":-1}', path: 'v', expected: /no such number at v/ },
    {
      name: 'refuses a path that leads nowhere',
      body: '{}',
      path: 'a.b',
      expected: /no such number at a\.b/,
    },
    {
      name: 'refuses what every object has',
      body: '[]',
      path: 'constructor.length',
      expected: /no such number/,
    },
    { name: 'refuses what is no JSON', body: '<html>', path: 'v', expected: /not JSON/ },
    {
      name: 'refuses an answer without end',
      body: ' '.repeat(2 ** 20 + 1),
      path: 'v',
      expected: /longer than/,
    },
  ];
  for (const { name, body, path, expected } of answers) {
    it(name, async (t) => {
      const url = await served(t, (_, response) => response.end(body));
      const asked = ask(url, { path });
      if (typeof expected === 'number') assert.equal(await asked, expected);
      else await assert.rejects(asked, expected);
    });
  }

  it('sends the header, and keeps the zone to its place in the URL', async (t) => {
    const seen: unknown[] = [];
    const url = await served(t, ({ url: path, headers }, response) => {
      seen.push(path, headers['auth-token']);
      response.end('{"v":1}');
    });
    const header = { name: 'auth-token', value: 'secret' };
    await ask(`${url}/{zone}/now?z={zone}`, { header }, '../a&b=c');
    assert.deepEqual(seen, ['/..%2Fa%26b%3Dc/now?z=..%2Fa%26b%3Dc', 'secret']);
  });

  it('follows no redirect, which could carry the header elsewhere', async (t) => {
    let requests = 0;
    const url = await served(t, (_, response) => {
      requests += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await assert.rejects(ask(url));
    assert.equal(requests, 1);
  });

  it('says which status is none', async (t) => {
    const url = await served(t, (_, response) => response.writeHead(503).end());
    await assert.rejects(ask(url), /it answers 503/);
  });

  it('gives up on a source that is silent', async (t) => {
    const url = await served(t, () => undefined);
    await assert.rejects(ask(url, { timeoutMs: 50 }), { name: 'TimeoutError' });
  });
});
