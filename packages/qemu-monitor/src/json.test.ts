import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson, stringifyJson } from './json.ts';

describe('parseJson', () => {
  const cases: readonly (readonly [text: string, value: unknown])[] = [
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['1.2345678901234567', 1.2345678901234567],
    ['1e300', 1e300],
    ['0.1000000000000000055', 0.1],
    ['"18446744073709551615"', '18446744073709551615'],
    ['{"a":[{"b":18446744073709551615}],"c":1}', { a: [{ b: 18446744073709551615n }], c: 1 }],
  ];
  for (const [text, value] of cases) {
    it(`reads ${text} exactly`, () => {
      assert.deepEqual(parseJson(text), value);
    });
  }
});

describe('stringifyJson', () => {
  it('writes a bigint as a plain integer, and what it read as it was', () => {
    const text = '{"size":18446744073709551615,"list":[-9223372036854775808,1],"text":"1"}';
    assert.equal(stringifyJson(parseJson(text)), text);
  });

  it('leaves out members that are undefined', () => {
    assert.equal(stringifyJson({ execute: 'stop', arguments: undefined }), '{"execute":"stop"}');
  });
});
