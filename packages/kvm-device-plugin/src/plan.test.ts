import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plan, type Observed, type Step } from './plan.ts';

const cases: readonly (Observed & { readonly when: string; readonly step: Step })[] = [
  {
    when: 'no kubelet is there',
    kubelet: undefined,
    isServed: false,
    registeredAt: undefined,
    step: 'await',
  },
  { when: 'the kubelet has gone', kubelet: undefined, isServed: true, registeredAt: 'a', step: 'await' },
  { when: 'a kubelet is there', kubelet: 'a', isServed: false, registeredAt: undefined, step: 'register' },
  { when: 'the kubelet knows the plugin', kubelet: 'a', isServed: true, registeredAt: 'a', step: 'rest' },
  { when: 'the kubelet has forsaken it', kubelet: 'a', isServed: true, registeredAt: undefined, step: 'register' }, // prettier-ignore
  { when: 'the kubelet is another one', kubelet: 'b', isServed: true, registeredAt: 'a', step: 'register' },
  { when: 'its socket was removed', kubelet: 'a', isServed: false, registeredAt: 'a', step: 'register' },
];

describe('the plan', () => {
  for (const { when, step, ...observed } of cases) {
    it(`is to ${step} when ${when}`, () => {
      assert.equal(plan(observed), step);
    });
  }
});
