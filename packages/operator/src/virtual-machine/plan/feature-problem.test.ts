import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachineSpec } from '@hypersdk/api';
import { anObservation, aVirtualMachine } from '../../testing/machines.ts';
import { aTemplate } from '../../testing/images.ts';
import { featureProblem } from './feature-problem.ts';
import { kvmProblem } from './kvm-problem.ts';

const observed = (requiredFeatures: string[], spec: Partial<VirtualMachineSpec> = {}) =>
  anObservation({
    vm: aVirtualMachine({ spec: { image: { templateRef: { name: 'ubuntu' } }, ...spec } }),
    template: aTemplate({ spec: { requiredFeatures } }),
  });

const uefi = { bootloader: 'uefi', secureBoot: false, tpm: false } as const;
const agent = { enabled: true, requiredForReadiness: false, growFileSystems: true };

const held: Record<string, [string, Partial<VirtualMachineSpec>, RegExp]> = {
  'runs without KVM by its own wish': ['kvm', { acceleration: 'tcg' }, /requires kvm: set spec.acceleration/],
  'boots by BIOS': ['uefi', {}, /requires uefi: set spec.firmware.bootloader to uefi/],
  'does not verify what it boots': ['secure-boot', { firmware: uefi }, /spec.firmware.secureBoot to true/],
  'has no TPM': ['tpm', { firmware: uefi }, /requires tpm: set spec.firmware.tpm to true/],
  'has no channel for an agent': [
    'guest-agent',
    { guestAgent: { ...agent, enabled: false } },
    /spec.guestAgent.enabled/,
  ],
  'brings no seed': ['cloud-init', {}, /requires cloud-init: set spec.cloudInit/],
};

const started: Record<string, [string, Partial<VirtualMachineSpec>]> = {
  'has UEFI': ['uefi', { firmware: uefi }],
  'has secure boot': ['secure-boot', { firmware: { ...uefi, secureBoot: true } }],
  'has a TPM': ['tpm', { firmware: { bootloader: 'bios', secureBoot: false, tpm: true } }],
  'says nothing of the agent': ['guest-agent', {}],
  'brings a seed': ['cloud-init', { cloudInit: { userData: '#cloud-config' } }],
};

describe('a VM whose template requires a feature', () => {
  for (const [which, [feature, spec, message]] of Object.entries(held)) {
    it(`is held when it ${which}`, () => {
      const problem = featureProblem(observed([feature], spec));
      assert.equal(problem?.reason, 'RequiredFeatureMissing');
      assert.equal(problem.progress, 'stalled');
      assert.match(problem.message, message);
      assert.match(problem.message, /VMTemplate default\/ubuntu/);
    });
  }

  for (const [which, [feature, spec]] of Object.entries(started)) {
    it(`starts when it ${which}`, () => {
      assert.equal(featureProblem(observed([feature], spec)), undefined);
    });
  }

  it('is held when nobody knows the feature', () => {
    const problem = featureProblem(observed(['uefi', 'time-travel'], { firmware: uefi }));
    assert.equal(problem?.reason, 'UnknownFeature');
    assert.match(problem.message, /requires time-travel, .*it knows kvm, uefi/);
  });

  it('waits for a node with KVM, be its own wish auto, when that is required', () => {
    const waiting = observed(['kvm'], { acceleration: 'auto' });
    assert.equal(featureProblem(waiting), undefined);
    assert.match(kvmProblem(waiting)?.message ?? '', /the template requires kvm/);
    assert.equal(kvmProblem({ ...waiting, isKvmOffered: true }), undefined);
  });
});
