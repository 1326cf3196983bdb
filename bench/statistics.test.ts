import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantile } from './statistics.ts';

describe('a quantile', () => {
  it('is the middle of an odd number of values, and between the two of an even one', () => {
    assert.equal(quantile([3, 1, 2], 0.5), 2);
    assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  });

  it('of 95 % is near the largest of ten', () => {
    assert.equal(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 11], 0.95).toFixed(1), '10.1');
  });

  it('of one value is that value, and of none is none', () => {
    assert.equal(quantile([7], 0.95), 7);
    assert.equal(quantile([], 0.5), NaN);
  });
});
