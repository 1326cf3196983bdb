import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, isConditionTrue, setCondition, type Condition } from './condition.ts';

const noon = new Date('2026-01-01T12:00:00.789Z');
const ready: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'Starting',
  message: 'The guest starts.',
  observedGeneration: 1,
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

describe('setCondition', () => {
  it('moves the transition time when the status changes, in whole seconds', () => {
    const [condition] = setCondition([ready], { ...ready, status: 'True' }, noon);
    assert.equal(condition?.lastTransitionTime, '2026-01-01T12:00:00Z');
  });

  it('keeps the transition time when only reason, message or generation change', () => {
    const update = { ...ready, reason: 'Booting', message: 'The guest boots.', observedGeneration: 2 };
    assert.deepEqual(setCondition([ready], update, noon), [update]);
  });

  it('adds a type that is not there, and leaves the others where they are', () => {
    const after = setCondition([ready], { ...ready, type: 'Running' }, noon);
    assert.deepEqual(
      after.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
      [
        ['Ready', '2026-01-01T00:00:00Z'],
        ['Running', '2026-01-01T12:00:00Z'],
      ],
    );
  });

  it('does not touch the list that it was given', () => {
    const before = Object.freeze([Object.freeze({ ...ready })]);
    setCondition(before, { ...ready, status: 'True' }, noon);
    assert.deepEqual(before, [ready]);
  });
});

it('a condition that is absent is not true', () => {
  assert.equal(isConditionTrue(undefined, 'Ready'), false);
  assert.equal(isConditionTrue([ready], 'Ready'), false);
  assert.equal(isConditionTrue([{ ...ready, status: 'True' }], 'Ready'), true);
  assert.equal(findCondition([ready], 'Running'), undefined);
});
