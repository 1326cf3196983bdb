import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { effectiveSpec, type VirtualMachine } from '@hypersdk/api';
import { aVirtualMachine } from '../../testing/machines.ts';
import { scheduling } from './scheduling.ts';

const isIn = (key: string, value: string) => ({
  matchExpressions: [{ key, operator: 'In' as const, values: [value] }],
});
const zone = { weight: 7, preference: isIn('zone', 'a') };
const green = { weight: 100, preference: isIn('hypersdk.io/green-energy', 'true') };
const mustBeHere = { nodeSelectorTerms: [isIn('site', 'here')] };
const nodeAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: mustBeHere,
  preferredDuringSchedulingIgnoredDuringExecution: [zone],
};
const carbonAware = { enabled: true, preferGreenEnergy: true, maxDelay: '6h' };

const cases: { name: string; spec: Partial<VirtualMachine['spec']>; affinity: unknown }[] = [
  { name: 'none', spec: {}, affinity: undefined },
  { name: "the user's", spec: { affinity: { nodeAffinity } }, affinity: { nodeAffinity } },
  {
    name: 'for green nodes',
    spec: { carbonAware },
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [green] } },
  },
  {
    name: "for green nodes, beside the user's",
    spec: { carbonAware, affinity: { nodeAffinity } },
    affinity: {
      nodeAffinity: { ...nodeAffinity, preferredDuringSchedulingIgnoredDuringExecution: [zone, green] },
    },
  },
  {
    name: 'none for green nodes where carbonAware is off',
    spec: { carbonAware: { ...carbonAware, enabled: false } },
    affinity: undefined,
  },
];

describe("a pod's affinity", () => {
  for (const { name, spec, affinity } of cases) {
    it(name, () => {
      assert.deepEqual(scheduling(effectiveSpec(aVirtualMachine({ spec }).spec)).affinity, affinity);
    });
  }
});
