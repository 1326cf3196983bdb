import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Disk, parseBytes, type MachineState, type VirtualMachine } from '@hypersdk/api';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { plan } from '../plan/plan.ts';
import { resolveDisks } from '../disks/disks.ts';
import { disksObstacle } from '../../vm-operation/resize/disks.ts';

type Made = NonNullable<NonNullable<VirtualMachine['status']>['disks']>[number];

const made = { name: 'root', format: 'qcow2', size: '100Gi' };

/** A running VM with a disk that is made so, as its spec says it now. */
function vmOf(disk: object, found: Made = made): VirtualMachine {
  return aVirtualMachine({
    spec: { disks: [Disk.parse({ name: 'root', ...disk })] },
    status: { phase: 'Running', epoch: 1, podName: 'web-1', disks: [found] },
  });
}

/** As its launcher tells it. */
function stateOf({ status }: VirtualMachine): MachineState['disks'] {
  return (status?.disks ?? []).map(({ name, format, size = '0', progress }) => ({
    ...{ name, format: format === 'raw' ? 'raw' : 'qcow2', virtualSize: parseBytes(size) },
    ...{ actualSize: 0, chain: [], ...(progress !== undefined && { progress }) },
  }));
}

const rows: readonly {
  readonly when: string;
  readonly vm: VirtualMachine;
  /** What everything else counts with. */
  readonly size: string;
  readonly told?: RegExp;
}[] = [
  {
    when: 'it came back smaller, it has what it has',
    vm: vmOf({ size: '10Gi' }),
    size: '100Gi',
    told: /^disk root has 100Gi and cannot shrink to 10Gi: set its size to 100Gi or more$/,
  },
  {
    when: 'it came back smaller by the other word, it has what it has',
    vm: vmOf({ sizeGiB: 10 }),
    size: '100Gi',
    told: /cannot shrink to 10Gi/,
  },
  { when: 'it is as large as asked', vm: vmOf({ size: '102400Mi' }), size: '102400Mi' },
  { when: 'it is to grow', vm: vmOf({ size: '200Gi' }), size: '200Gi' },
  {
    when: 'QEMU made it of whole sectors',
    vm: vmOf({ size: '1500000001' }, { ...made, size: '1500000256' }),
    size: '1500000001',
  },
  {
    when: 'its volume is a block device',
    vm: vmOf({ size: '10Gi', volumeMode: 'Block' }, { ...made, format: 'raw' }),
    size: '10Gi',
  },
  { when: 'it is being made', vm: vmOf({ size: '10Gi' }, { ...made, progress: 7 }), size: '10Gi' },
];

describe('the size of a disk', () => {
  for (const { when, vm, size, told } of rows) {
    it(`when ${when}`, () => {
      const observed = anObservation({ vm });
      assert.equal(resolveDisks(observed)[0]?.size, size);
      const machine = aMachine(vm, 1, { disks: stateOf(vm) });
      const planned = plan(anObservation({ vm, machine, pods: [aPod(vm, 1)] }), NOW);
      const condition = planned.status.conditions?.find(({ type }) => type === 'DiskReady');
      assert.equal(condition?.reason === 'CannotShrink', told !== undefined, condition?.message);
      assert.equal(
        planned.events.some(({ reason }) => reason === 'CannotShrink'),
        told !== undefined,
      );
      if (told) assert.match(condition?.message ?? '', told);
    });
  }

  it('is as asked where another disk had its name', () => {
    const vm = vmOf({ size: '10Gi' }, { ...made, pvc: 'given' });
    assert.equal(resolveDisks(anObservation({ vm }))[0]?.size, '10Gi');
  });

  it('is no less for an operation that asks for more than spec, and less than there is', () => {
    const vm = vmOf({ size: '10Gi' });
    const resizeSpec = { disks: [{ name: 'root', size: '50Gi' }] };
    const operation = anOperation('resize', { spec: { resizeSpec } as never }); // the server fills the rest in
    const observed = { operation, vm } as never; // no more is looked at
    assert.match(disksObstacle(observed) ?? '', /disk root is of 100Gi and cannot shrink to 50Gi/);
  });
});
