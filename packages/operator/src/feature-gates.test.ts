import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureGates } from './feature-gates.ts';

describe('feature gates', () => {
  const cases: [text: string, on: string[]][] = [
    ['', []],
    ['InstantClone=true', ['InstantClone']],
    ['InstantClone=false', []],
    [' InstantClone=true,', ['InstantClone']],
  ];
  for (const [text, on] of cases) {
    it(`are ${on.join(', ') || 'none'} of "${text}"`, () => {
      assert.deepEqual([...FeatureGates.parse(text)], on);
    });
  }

  for (const text of ['Unheard=true', 'InstantClone', 'InstantClone=yes']) {
    it(`are refused of "${text}"`, () => {
      assert.ok(!FeatureGates.safeParse(text).success);
    });
  }
});
