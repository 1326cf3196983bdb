import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { report } from './report.ts';

const row = { name: 'boot tax', unit: '', goal: '<= 1.10', about: 'how long it takes' };
const circumstances = { date: '2026-01-02', machine: 'two processors', versions: 'QEMU 10.0' };

describe('the report', () => {
  it('tells median, p95, n and load of each row, and what it was measured on', () => {
    const text = report(circumstances, [{ row, values: [1, 2, 3], load: [0.5, 1] }]);
    assert.match(text, /\| boot tax \| <= 1\.10 \| 2\.00 {2}\| 2\.90 {2}\| 3 \| 0\.5, 1\.0 \|/);
    assert.match(text, /Machine: two processors/);
    assert.match(text, /\*\*boot tax\*\*: how long it takes/);
  });

  it('says why a row has no values', () => {
    const text = report(circumstances, [{ row, values: [], problem: 'no room\nat all', load: [0, 0] }]);
    assert.match(text, /\| no room \|/);
  });
});
