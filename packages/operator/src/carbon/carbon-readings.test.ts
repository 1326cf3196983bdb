import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { CarbonReadings } from './carbon-readings.ts';
import type { CarbonSourceConfig } from './config.ts';

const INTERVAL_MS = 60_000;

/** Readings of a source on loopback, on a clock that the test moves, and the next news of them. */
async function staged(t: TestContext) {
  const stage = { answer: '{"v":300}', status: 200, requests: 0, now: 1_000_000 };
  const server = createServer((_, response) => {
    stage.requests += 1;
    response.writeHead(stage.status).end(stage.answer);
  }).listen(0, '127.0.0.1');
  const stop = new AbortController();
  t.after(() => {
    stop.abort();
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
  const url = `http://127.0.0.1:${port}/{zone}`;
  const source = { type: 'http', url, path: 'v', intervalMs: INTERVAL_MS, timeoutMs: 30_000 } as const;
  const listeners: ((key: string) => void)[] = [];
  const readings = new CarbonReadings({
    config: { source, defaultZone: 'DE' },
    onNews: (key) => listeners.shift()?.(key),
    signal: stop.signal,
    now: () => stage.now,
  });
  const news = () => new Promise<string>((resolve) => listeners.push(resolve));
  return Object.assign(stage, { readings, news });
}

const at = (milliseconds: number) => new Date(milliseconds);

describe('CarbonReadings of an http source', () => {
  it('asks on the first reading, tells the reader, and asks no more until its interval is over', async (t) => {
    const stage = await staged(t);
    const told = stage.news();
    assert.deepEqual(stage.readings.read(undefined, 'ns/vm'), { type: 'asking', zone: 'DE' });
    assert.equal(await told, 'ns/vm');
    const known = { type: 'known', zone: 'DE', intensity: 300 } as const;
    const askAgainAt = at(stage.now + INTERVAL_MS);
    assert.deepEqual(stage.readings.read('DE', 'ns/vm'), { ...known, askAgainAt });
    assert.equal(stage.requests, 1);

    stage.now += INTERVAL_MS;
    stage.answer = '{"v":100}';
    const renewed = stage.news();
    // The old answer stands until the new one has come.
    assert.deepEqual(stage.readings.read('DE', 'ns/vm'), { ...known, askAgainAt: undefined });
    await renewed;
    const reading = stage.readings.read('DE', 'ns/vm');
    assert.equal(reading.type === 'known' && reading.intensity, 100);
    assert.equal(stage.requests, 2);
  });

  it('asks once for all readers, and tells each', async (t) => {
    const stage = await staged(t);
    const told = [stage.news(), stage.news()];
    stage.readings.read('DE', 'ns/a');
    stage.readings.read('DE', 'ns/b');
    assert.deepEqual(await Promise.all(told), ['ns/a', 'ns/b']);
    assert.equal(stage.requests, 1);
  });

  it('says why it cannot ask, and asks ever less often', async (t) => {
    const stage = await staged(t);
    stage.status = 500;
    const retries: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const told = stage.news();
      stage.readings.read('DE', 'ns/vm');
      await told;
      const reading = stage.readings.read('DE', 'ns/vm');
      assert.ok(reading.type === 'failing' && reading.reason === 'it answers 500' && reading.askAgainAt);
      retries.push(reading.askAgainAt.getTime() - stage.now);
      stage.now = reading.askAgainAt.getTime();
    }
    assert.deepEqual(retries, [5000, 10_000, 20_000, 40_000, INTERVAL_MS, INTERVAL_MS]);
  });

  it('keeps to the last answer for an hour of failures', async (t) => {
    const stage = await staged(t);
    let told = stage.news();
    stage.readings.read('DE', 'ns/vm');
    await told;
    stage.status = 500;
    const types: string[] = [];
    for (const passed of [INTERVAL_MS, 3_600_000]) {
      stage.now += passed;
      told = stage.news();
      stage.readings.read('DE', 'ns/vm');
      await told;
      types.push(stage.readings.read('DE', 'ns/vm').type);
    }
    assert.deepEqual(types, ['known', 'failing']);
  });
});

describe('CarbonReadings without anybody to ask', () => {
  const zones: CarbonSourceConfig = { type: 'static', zones: { DE: 350.4 } };
  const cases: { name: string; source: CarbonSourceConfig; zone?: string; expected: string | number }[] = [
    { name: 'takes a listed zone as it is listed', source: zones, zone: 'DE', expected: 350 },
    { name: 'knows nothing of another zone', source: zones, zone: 'FR', expected: 'zone FR is not in' },
    {
      name: 'knows nothing of what every object has',
      source: zones,
      zone: 'constructor',
      expected: 'is not in',
    },
    { name: 'knows nothing where no zone is named', source: zones, expected: 'names a zone' },
    { name: 'knows nothing without a source', source: { type: 'none' }, zone: 'DE', expected: 'no source' },
  ];
  for (const { name, source, zone, expected } of cases) {
    it(name, () => {
      const readings = new CarbonReadings({
        config: { source, defaultZone: undefined },
        onNews: () => undefined,
        signal: new AbortController().signal,
      });
      const reading = readings.read(zone, 'ns/vm');
      if (typeof expected === 'number') assert.ok(reading.type === 'known' && reading.intensity === expected);
      else assert.ok(reading.type === 'unknowable' && reading.reason.includes(expected));
    });
  }
});
