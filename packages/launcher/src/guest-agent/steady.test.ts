import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { GuestFileSystem } from '@hypersdk/api/machine';
import { steady } from './steady.ts';

const root = (usedPercent: number, size = 1000): GuestFileSystem => ({
  ...{ mountPoint: '/', type: 'ext4', size },
  usedPercent,
});

const rows = [
  { what: 'is told at first', before: [], now: [root(40)], told: [root(40)] },
  { what: 'is not told again for a little more', before: [root(40)], now: [root(44)], told: [root(40)] },
  { what: 'is told when it has grown', before: [root(40)], now: [root(45)], told: [root(45)] },
  { what: 'is told when it has shrunk', before: [root(40)], now: [root(35)], told: [root(35)] },
  { what: 'is told with a new size', before: [root(40)], now: [root(38, 2000)], told: [root(38, 2000)] },
];

for (const { what, before, now, told } of rows) {
  it(`what a file system uses ${what}`, () => {
    assert.deepEqual(steady(before, now), told);
  });
}
