import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareReleases } from './version.ts';

describe("QEMU's releases", () => {
  const rows = [
    { a: '10.0.2', b: '10.0.7', sign: 0 },
    { a: '10.1.0', b: '10.0.7', sign: 1 },
    { a: '9.2.0', b: '10.0.0', sign: -1 },
    { a: '10.0', b: '9.2.4', sign: 1 },
  ];
  for (const { a, b, sign } of rows)
    it(`${a} is ${['older than', 'of the release of', 'newer than'][sign + 1]} ${b}`, () => {
      assert.equal(Math.sign(compareReleases(a, b)), sign);
    });
});
