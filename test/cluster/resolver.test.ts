import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameServers } from './resolver.ts';

describe('the name servers of a resolv.conf', () => {
  const cases: Record<string, { text: string; expected: string[] }> = {
    'are read in their order': {
      text: 'search example.org\nnameserver 192.0.2.1\n nameserver  2001:db8::1 \noptions ndots:2\n',
      expected: ['192.0.2.1', '2001:db8::1'],
    },
    'are not those in comments': { text: '# nameserver 192.0.2.1\n; nameserver 192.0.2.2\n', expected: [] },
    'may be none': { text: '', expected: [] },
  };
  for (const [name, { text, expected }] of Object.entries(cases)) {
    it(name, () => {
      assert.deepEqual(nameServers(text), expected);
    });
  }
});
