import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNetworkReady, isUp, searchDomains } from './pod-network.ts';

describe("the pod's network", () => {
  it('is there when its links are up', async () => {
    assert.deepEqual(await Promise.all(['lo', 'no-such-link'].map(isUp)), [true, false]);
  });

  it('waits for taps alone', async () => {
    const network = { name: 'a', mac: '52:54:00:00:00:01', ports: [] };
    assert.equal(await isNetworkReady({ networks: [{ ...network, binding: 'user' }] }), true);
    assert.equal(await isNetworkReady({ networks: [{ ...network, binding: 'masquerade' }] }), false);
  });
});

describe('the search domains of a resolv.conf', () => {
  const cases: Record<string, { text: string; expected: string[] }> = {
    'are kept in their order': {
      text: 'nameserver 10.0.0.10\nsearch a.svc.cluster.local svc.cluster.local  cluster.local\noptions ndots:5\n',
      expected: ['a.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    },
    'are those of the last line': { text: 'search a.test\nsearch b.test\n', expected: ['b.test'] },
    'leave out the root': { text: 'search .\n', expected: [] },
    'may be none': { text: 'nameserver 10.0.0.10\n', expected: [] },
  };
  for (const [name, { text, expected }] of Object.entries(cases)) {
    it(name, () => {
      assert.deepEqual(searchDomains(text), expected);
    });
  }
});
