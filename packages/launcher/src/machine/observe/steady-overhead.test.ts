import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { steadyOverhead } from './steady-overhead.ts';

const MIB = 1024 * 1024;

describe('the overhead that is told', () => {
  const cases = [
    { what: 'is what is measured first, in whole MiB', told: undefined, measured: 99.6, tells: 100 },
    { what: 'stays while the measure is less than a quarter larger', told: 100, measured: 124, tells: 100 },
    { what: 'follows what is a quarter larger', told: 100, measured: 125, tells: 125 },
    { what: 'follows what is a quarter smaller', told: 100, measured: 75, tells: 75 },
    { what: 'stays where nothing can be measured', told: 100, measured: undefined, tells: 100 },
    { what: 'is absent where nothing could ever be measured', told: undefined, measured: undefined },
  ];
  for (const { what, told, measured, tells } of cases) {
    it(what, () => {
      assert.equal(steadyOverhead(mebibytes(told), mebibytes(measured)), mebibytes(tells));
    });
  }
});

function mebibytes(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * MIB;
}
