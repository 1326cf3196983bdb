import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chosenStrikes } from './strikes.ts';

describe('the steps that processes are killed at', () => {
  it('are one in three of them, from any of the first three', () => {
    const least = chosenStrikes({}, () => 0);
    const most = chosenStrikes({}, (limit: number) => limit - 1);
    assert.deepEqual(
      [least, most],
      [
        { stride: 3, first: 1 },
        { stride: 3, first: 3 },
      ],
    );
  });

  it('are each where that is asked for, and the same again where a run has said which', () => {
    assert.deepEqual(chosenStrikes({ STRIDE: '1' }), { stride: 1, first: 1 });
    assert.deepEqual(chosenStrikes({ STRIDE: '4', FIRST_STRIKE: '2' }), { stride: 4, first: 2 });
  });

  const refused = { STRIDE: ['0', 'all', '1.5'], FIRST_STRIKE: ['0', '4'] };
  for (const [name, values] of Object.entries(refused)) {
    for (const value of values) {
      it(`are not ${name}=${value}`, () => {
        assert.throws(() => chosenStrikes({ [name]: value }), {
          message: new RegExp(`^${name} is ${value},`),
        });
      });
    }
  }
});
