import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDuration } from './duration.ts';

describe('a duration', () => {
  for (const [text, expected] of Object.entries({
    '90s': 90_000,
    '1h30m': 5_400_000,
    '300ms': 300,
    '1.5s': 1500,
    '0s': 0,
    '7d': 604_800_000,
    '1d12h': 129_600_000,
  })) {
    it(`${text} is ${expected} ms`, () => {
      assert.equal(parseDuration(text), expected);
    });
  }

  for (const text of ['', '10', '10 m', '-1s', 'soon', '1m\n']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseDuration(text), RangeError);
    });
  }
});
