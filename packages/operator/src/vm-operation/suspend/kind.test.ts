import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import { aVirtualMachine, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { planOperation } from '../plan.ts';
import { suspendKind } from './kind.ts';

const begun: VMOperation = anOperation('suspend', {
  status: {
    phase: 'Running',
    startTime: NOW.toISOString(),
    fromEpoch: 1,
    vmUid: UID,
    steps: [{ name: 'suspend' }],
  },
});
const vm = (
  status: VirtualMachine['status'],
  spec: Partial<VirtualMachine['spec']> = { running: true },
): VirtualMachine => aVirtualMachine({ spec, status: { epoch: 1, ...status } });
const lastEnd = { reason: 'Suspended', time: NOW.toISOString(), podName: 'web-1' };
const memoryProblem = { reason: 'NoSpace', message: 'The volume is full.' };
const lastFreeze = { operation: begun.metadata.uid ?? '', quiesced: { value: false }, memoryProblem };

const rows = [
  {
    when: 'the guest is off, it is refused',
    operation: anOperation('suspend'),
    vm: vm({ phase: 'Stopped' }),
    phase: 'Failed',
    message: /start it first/,
  },
  {
    when: 'the guest runs, it begins',
    operation: anOperation('suspend'),
    vm: vm({ phase: 'Running' }),
    phase: 'Running',
  },
  {
    when: 'its memory is being saved, it waits',
    operation: begun,
    vm: vm({ phase: 'Running' }),
    phase: 'Running',
  },
  {
    when: 'its memory cannot be saved, it fails with the reason',
    operation: begun,
    vm: vm({ phase: 'Running', lastFreeze }),
    phase: 'Failed',
    message: /volume is full/,
  },
  {
    when: 'the guest ended by itself meanwhile, it fails',
    operation: begun,
    vm: vm({ phase: 'Stopped', lastEnd: { ...lastEnd, reason: 'GuestPoweredDown' } }),
    phase: 'Failed',
    message: /before its memory was saved/,
  },
  {
    when: 'the guest is suspended, spec says so',
    operation: begun,
    vm: vm({ phase: 'Stopped', lastEnd }),
    phase: 'Running',
    patch: { running: false },
  },
  {
    when: 'spec says so, it is done',
    operation: begun,
    vm: vm({ phase: 'Stopped', lastEnd }, { running: false }),
    phase: 'Succeeded',
    message: /operation start/,
  },
] as const;

describe('an operation suspend', () => {
  for (const { when, operation, vm, phase, ...row } of rows) {
    it(`when ${when}`, () => {
      const { status, actions } = planOperation(suspendKind, { operation, vm, others: [] }, NOW);
      assert.equal(status.phase, phase);
      if ('message' in row) assert.match(status.message ?? '', row.message);
      const patches = actions.flatMap((action) => (action.type === 'patchVm' ? [action.patch] : []));
      assert.deepEqual(patches, 'patch' in row ? [row.patch] : []);
    });
  }
});
