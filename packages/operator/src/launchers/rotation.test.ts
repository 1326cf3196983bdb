import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newAuthority, type KeyPair } from './authority.ts';
import { bundle, rotationStep, signer, type Authorities, type RotationTiming } from './rotation.ts';

const timing: RotationTiming = { authority: 100, succession: 40, spread: 10, leaf: 30, renewal: 10 };
const seconds = Object.fromEntries(
  Object.entries(timing).map(([name, value]) => [name, value * 1000]),
) as unknown as RotationTiming; // the same keys
const START = Date.parse('2026-01-01T00:00:00Z');
const at = (second: number): Date => new Date(START + second * 1000);
const madeAt = (second: number): Promise<KeyPair> =>
  newAuthority({ from: at(second), until: at(second + timing.authority) });

const first = await madeAt(0);
const second = await madeAt(60);
const alone: Authorities = { newest: first };
const both: Authorities = { newest: second, previous: first };

describe('a rotation', () => {
  const rows = [
    { when: 'nothing is there', authorities: undefined, now: 0, step: 'found' },
    { when: 'the only one is young', authorities: alone, now: 59, step: 'keep', signs: first },
    { when: 'the only one nears its end', authorities: alone, now: 61, step: 'succeed', signs: first },
    { when: 'the operator was away until its end', authorities: alone, now: 100, step: 'found' },
    { when: 'the successor is not known everywhere', authorities: both, now: 69, step: 'keep', signs: first },
    { when: 'the successor is known everywhere', authorities: both, now: 70, step: 'keep', signs: second },
    {
      when: 'everybody has its certificate of it',
      authorities: both,
      now: 80,
      step: 'retire',
      signs: second,
    },
    { when: 'the operator was away meanwhile', authorities: both, now: 130, step: 'retire', signs: second },
    { when: 'the successor nears its own end', authorities: { newest: second }, now: 121, step: 'succeed' },
  ];
  for (const { when, authorities, now, step, signs } of rows) {
    it(`takes step ${step} when ${when}`, () => {
      assert.equal(rotationStep(authorities, at(now), seconds), step);
      if (authorities && signs) assert.equal(signer(authorities, at(now), seconds), signs);
    });
  }

  it('trusts both while there are two', () => {
    assert.equal(bundle(both).match(/BEGIN CERTIFICATE/g)?.length, 2);
  });
});
