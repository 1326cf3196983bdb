import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachineStatus } from '@hypersdk/api';
import { anObservation, aPod, aStorageClass, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { plan } from '../plan/plan.ts';
import { isPassing } from './passing.ts';

const scheduled = { phase: 'Pending' } as const;

/** A VM whose pod is being made, as the fence has it. */
const created = plan(anObservation(), NOW).status;

function next(changes: {
  status?: VirtualMachineStatus;
  spec?: object;
  generation?: number;
  pod?: Parameters<typeof aPod>[2];
}): ReturnType<typeof plan> {
  const { generation = 1, spec = {} } = changes;
  const vm = aVirtualMachine({ status: changes.status ?? created, spec, metadata: { generation } });
  return plan(anObservation({ vm, pods: [aPod(vm, 1, changes.pod)] }), NOW);
}

describe('news of a start', () => {
  it('is passing while the pod finds its node and its containers start', () => {
    assert.equal(isPassing(created, next({ pod: { status: scheduled } })), true);
  });

  it('is no news when it was told', () => {
    const told = next({ pod: { status: scheduled } });
    assert.equal(isPassing(told.status, told), false);
  });

  it('is not passing when it is trouble, or answers a changed spec', () => {
    const pullFails = {
      phase: 'Pending',
      containerStatuses: [
        {
          ...{ name: 'qemu', image: '', imageID: '', ready: false, restartCount: 0 },
          state: { waiting: { reason: 'ErrImagePull', message: 'no such image' } },
        },
      ],
    };
    assert.equal(isPassing(created, next({ pod: { status: pullFails } })), false);
    assert.equal(isPassing(created, next({ generation: 2, pod: { status: scheduled } })), false);
    assert.equal(isPassing(created, next({ spec: { running: false } })), false);
  });

  it('is not passing when it is to go back to a snapshot', () => {
    const snapshot = { revertToRef: { name: 'before' } };
    assert.equal(isPassing(created, next({ generation: 2, spec: { snapshot } })), false);
  });

  it('is passing when a new VM waits for its claim, and not when it waits for somebody', () => {
    const storageClasses = [aStorageClass('Immediate')];
    const claims = new Map();
    assert.equal(isPassing(undefined, plan(anObservation({ claims, storageClasses }), NOW)), true);
    const vm = aVirtualMachine({ spec: { image: { templateRef: { name: 'missing' } } } });
    assert.equal(isPassing(undefined, plan(anObservation({ vm }), NOW)), false);
  });
});
