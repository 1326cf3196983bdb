import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compareQuantities,
  formatBytes,
  formatMillis,
  isQuantity,
  parseBytes,
  parseMillis,
  QuantityError,
} from './quantity.ts';

describe('a quantity', () => {
  const bytes: Record<string, number> = {
    '0': 0,
    '1': 1,
    '1.': 1,
    '.5Ki': 512,
    '1Ki': 1024,
    '1k': 1000,
    '1.5Gi': 1610612736,
    '8Gi': 8589934592,
    '12e6': 12_000_000,
    '1E3': 1000,
    '1e-3': 1,
    '100m': 1,
    '-1Ki': -1024,
    '+2M': 2_000_000,
    '0.1': 1,
    '7Pi': 7881299347898368,
    '8388607.999999999Gi': Number.MAX_SAFE_INTEGER,
  };
  for (const [text, expected] of Object.entries(bytes)) {
    it(`${text} is ${expected} bytes`, () => {
      assert.equal(parseBytes(text), expected);
    });
  }

  const millis: Record<string, number> = {
    '1': 1000,
    '250m': 250,
    '0.0001': 1,
    '1.5': 1500,
    '2k': 2_000_000,
  };
  for (const [text, expected] of Object.entries(millis)) {
    it(`${text} is ${expected} thousandths`, () => {
      assert.equal(parseMillis(text), expected);
    });
  }

  for (const text of [
    '',
    'lots',
    '1 Gi',
    '1GiB',
    '1gi',
    'Gi',
    '.',
    '1,5',
    '--1',
    '0x10',
    '1K',
    '1e',
    '1e999',
    '1\n',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.equal(isQuantity(text), false);
      assert.throws(() => parseBytes(text), QuantityError);
    });
  }

  it('that no number can hold exactly is an error and not a rounded number', () => {
    assert.throws(() => parseBytes('16Ei'), new QuantityError('16Ei is too large'));
  });

  it('is compared exactly where numbers would not be', () => {
    assert.ok(compareQuantities('9007199254740993', '9007199254740992') > 0);
    assert.ok(compareQuantities('10G', '10Gi') < 0);
    assert.equal(compareQuantities('1024Mi', '1Gi'), 0);
  });
});

describe('a number', () => {
  const asBytes: [number | bigint, string][] = [
    [0, '0'],
    [1000, '1000'],
    [1024, '1Ki'],
    [1536, '1536'],
    [4294967296, '4Gi'],
    [1610612736, '1536Mi'],
    [-2048, '-2Ki'],
    [2n ** 62n, '4Ei'],
  ];
  for (const [value, expected] of asBytes) {
    it(`of ${value} bytes is written ${expected}`, () => {
      assert.equal(formatBytes(value), expected);
    });
  }

  it('of thousandths is written whole where it can be', () => {
    assert.deepEqual([2000, 2500, 0].map(formatMillis), ['2', '2500m', '0']);
  });
});
