import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import type { StorageClass } from '@hypersdk/kube';
import { aClaim, anObservation, aStorageClass, aVirtualMachine } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import { resizeKind } from './kind.ts';

type Resize = Partial<NonNullable<VMOperation['spec']['resizeSpec']>>;

const rigid: StorageClass = { ...aStorageClass('Immediate'), metadata: { name: 'rigid' } };
const growing: StorageClass = { ...rigid, allowVolumeExpansion: true };
const suspended: VirtualMachine['status'] = {
  ...{ phase: 'Stopped', epoch: 1 },
  lastEnd: { reason: 'Suspended', podName: 'web-1', time: '2026-01-02T03:04:05Z' },
};

const rows: {
  readonly when: string;
  readonly resizeSpec: Resize;
  readonly spec?: Partial<VirtualMachine['spec']>;
  readonly status?: VirtualMachine['status'];
  readonly classes?: StorageClass[];
  readonly refused?: RegExp;
}[] = [
  { when: 'spec has no maxima', resizeSpec: { cpus: 4, memory: '4Gi' } },
  {
    when: 'it has more processors than the most',
    ...{ resizeSpec: { cpus: 4 }, spec: { maxCpus: 2 } },
    refused: /has maxCpus 2: raise that first/,
  },
  {
    when: 'it has more memory than the most',
    ...{ resizeSpec: { memory: '3Gi' }, spec: { maxMemory: '2Gi' } },
    refused: /has maxMemory 2Gi: raise that first/,
  },
  {
    when: 'the guest is suspended',
    ...{ resizeSpec: { cpus: 4 }, status: suspended },
    refused: /is suspended, and its guest can go on in the size that it has alone: start it first/,
  },
  {
    when: 'the guest is suspended, and a disk grows',
    ...{ resizeSpec: { disks: [{ name: 'root', size: '30Gi' }] }, status: suspended, classes: [growing] },
  },
  {
    when: "the class of a disk's claim lets none grow",
    resizeSpec: { disks: [{ name: 'root', size: '30Gi' }] },
    refused:
      /disk root cannot grow to 30Gi: StorageClass rigid of claim web-root does not allow volume expansion/,
  },
];

describe('a resize', () => {
  for (const { when, resizeSpec, spec = {}, status, classes = [rigid], refused } of rows) {
    it(`${refused ? 'is refused' : 'may begin'} when ${when}`, () => {
      const vm = aVirtualMachine({ spec, ...(status && { status }) });
      const claim = { ...aClaim(), spec: { storageClassName: 'rigid' } };
      const claims = new Map([
        ['web-root', { ...claim, status: { phase: 'Bound', capacity: { storage: '20Gi' } } }],
      ]);
      const said = resizeKind.preflight({
        ...{
          operation: anOperation('resize', { spec: { resizeSpec: { hotplug: true, ...resizeSpec } } }),
          vm,
          others: [],
        },
        ...{
          node: undefined,
          disks: resolveDisks(anObservation({ vm, claims })),
          claims,
          storageClasses: classes,
        },
      });
      const reasons = said.filter(({ ok }) => !ok).map(({ reason }) => reason);
      if (refused) assert.match(reasons.join(), refused);
      else assert.deepEqual(reasons, []);
    });
  }
});
