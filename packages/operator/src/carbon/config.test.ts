import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { carbonConfig } from './config.ts';

const http = {
  url: 'https://grid.test/{zone}',
  path: 'v',
  header: { name: '' },
  interval: '5m',
  timeout: '10s',
};

describe('carbonConfig', () => {
  it('has no source where nothing is said', () => {
    assert.deepEqual(carbonConfig('{}', undefined), { source: { type: 'none' }, defaultZone: undefined });
  });

  it('reads zones and the default one', () => {
    const values = { source: 'static', defaultZone: 'DE', static: { zones: { DE: 350 } } };
    const expected = { source: { type: 'static', zones: { DE: 350 } }, defaultZone: 'DE' };
    assert.deepEqual(carbonConfig(JSON.stringify(values), undefined), expected);
  });

  it('reads how to ask, with the header that a Secret holds', () => {
    const values = { source: 'http', http: { ...http, header: { name: 'auth-token' } } };
    assert.deepEqual(carbonConfig(JSON.stringify(values), 's3cret').source, {
      ...{ type: 'http', url: http.url, path: 'v' },
      header: { name: 'auth-token', value: 's3cret' },
      ...{ intervalMs: 300_000, timeoutMs: 10_000 },
    });
  });

  for (const url of ['', 'grid.test', 'file:///etc/passwd']) {
    it(`refuses the URL "${url}"`, () => {
      const values = JSON.stringify({ source: 'http', http: { ...http, url } });
      assert.throws(() => carbonConfig(values, undefined), /carbon\.http\.url/);
    });
  }
});
