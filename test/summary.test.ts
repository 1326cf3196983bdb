import assert from 'node:assert/strict';
import { it } from 'node:test';
import { summary } from './summary.ts';

it('closes a run with the slowest tests, why tests failed, and how many there were', () => {
  const tests = [
    { file: '/x/a.test.ts', name: 'is quick', seconds: 0.1 },
    { file: '/x/b.test.ts', name: 'is slow', seconds: 12.34, error: 'no such state\nthe last was {}' },
  ];
  assert.equal(
    summary({ passed: 1, failed: 1, skipped: 0, tests }),
    [
      'The slowest tests:',
      '   12.3 s  b.test.ts: is slow',
      '    0.1 s  a.test.ts: is quick',
      '',
      'Failed: b.test.ts: is slow',
      '  no such state',
      '  the last was {}',
      '',
      '1 passed, 1 failed, 0 skipped',
    ].join('\n'),
  );
});
