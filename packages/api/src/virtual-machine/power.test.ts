import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runStrategyOf } from './power.ts';

const table = [
  [{}, 'Always'],
  [{ running: true }, 'Always'],
  [{ running: false }, 'Halted'],
  [{ runStrategy: 'RerunOnFailure' }, 'RerunOnFailure'],
  [{ runStrategy: 'Manual' }, 'Manual'],
  [{ runStrategy: 'Halted' }, 'Halted'],
] as const;

for (const [spec, expected] of table) {
  it(`a VM with ${JSON.stringify(spec)} has the run strategy ${expected}`, () => {
    assert.equal(runStrategyOf(spec), expected);
  });
}
