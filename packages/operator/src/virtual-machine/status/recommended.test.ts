import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachineSpec, VMTemplateSpec } from '@hypersdk/api';
import { anObservation, aVirtualMachine } from '../../testing/machines.ts';
import { aTemplate } from '../../testing/images.ts';
import { belowRecommended, recommendationEvents } from './recommended.ts';

const observed = (
  recommendedResources: VMTemplateSpec['recommendedResources'],
  spec: Partial<VirtualMachineSpec> = {},
) =>
  anObservation({
    vm: aVirtualMachine({ spec: { image: { templateRef: { name: 'ubuntu' } }, ...spec } }),
    template: aTemplate({ spec: { recommendedResources } }),
  });
const more = { minCpus: 2, minMemory: '512Mi', minDiskSize: '5Gi' };

describe('a VM with less than its template recommends', () => {
  it('says of what', () => {
    const [told] = belowRecommended(observed(more));
    assert.equal(told?.status, 'True');
    assert.equal(
      told.message,
      'VMTemplate default/ubuntu recommends more: spec.cpus is 1 of 2; spec.memory is 256Mi of 512Mi; size of disk root is 1Gi of 5Gi',
    );
  });

  it('is warned by one event', () => {
    const condition = { ...belowRecommended(observed(more))[0]!, lastTransitionTime: '2026-01-02T03:04:05Z' };
    const status = { conditions: [condition] };
    const vm = aVirtualMachine();
    assert.deepEqual(
      recommendationEvents(vm, status).map(({ type, reason }) => [type, reason]),
      [['Warning', 'BelowRecommended']],
    );
    assert.deepEqual(recommendationEvents({ ...vm, status }, status), []);
  });

  it('says when that is over, and nothing when it never was', () => {
    const enough = observed({ minCpus: 1, minMemory: '256Mi', minDiskSize: '1024Mi' });
    assert.deepEqual(belowRecommended(enough), []);
    const was = {
      ...({ type: 'BelowRecommended', status: 'True', reason: 'BelowRecommended', message: '' } as const),
      lastTransitionTime: '2026-01-02T03:04:05Z',
    };
    const vm = { ...enough.vm, status: { conditions: [was] } };
    assert.equal(belowRecommended({ ...enough, vm })[0]?.status, 'False');
  });
});
