import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteRange } from './byte-range.ts';

describe('the byte range of a 100-byte file', () => {
  const cases: [header: string | undefined, expected: ReturnType<typeof byteRange>][] = [
    [undefined, 'whole'],
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=90-500', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=9-0', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['bytes=-', 'whole'],
    ['lines=0-1', 'whole'],
  ];
  for (const [header, expected] of cases) {
    it(`answers ${header ?? 'no header'} with ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(byteRange(header, 100), expected);
    });
  }
});
