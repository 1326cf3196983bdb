import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Finalizers, type VirtualMachine, type VirtualMachineStatus, type VMSnapshot } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { STANDS_ON } from '../../ownership.ts';
import { aClaim, anObservation, aVirtualMachine } from '../../testing/machines.ts';
import type { Observed } from '../observed.ts';
import { migratable } from './migratable.ts';

const withModes = (...accessModes: string[]): ReadonlyMap<string, PersistentVolumeClaim> =>
  new Map([['web-root', { ...aClaim(), spec: { accessModes } }]]);

function linkedTo(mode: string): ReadonlyMap<string, PersistentVolumeClaim> {
  const { metadata, ...claim } = aClaim();
  const annotations = { ...metadata.annotations, [STANDS_ON]: 'golden' };
  const golden: PersistentVolumeClaim = { metadata: { name: 'golden' }, spec: { accessModes: [mode] } };
  return new Map<string, PersistentVolumeClaim>([
    ['web-root', { ...claim, metadata: { ...metadata, annotations } }],
    ['golden', golden],
  ]);
}

const snapshot = {
  metadata: { name: 'before', finalizers: [Finalizers.vmSnapshot] },
} as Partial<VMSnapshot> as VMSnapshot; // nothing else of it is read

const uefi = { bootloader: 'uefi', secureBoot: false } as const;

interface Row {
  readonly when: string;
  readonly status?: VirtualMachineStatus;
  readonly spec?: Partial<VirtualMachine['spec']>;
  readonly observed?: Partial<Observed>;
  readonly expected: string;
  readonly message: RegExp;
}

const rows: readonly Row[] = [
  { when: 'it is off', status: { phase: 'Stopped' }, expected: 'False GuestNotRunning', message: /not run/ },
  {
    when: 'its node is away',
    status: { phase: 'Unknown' },
    expected: 'Unknown GuestUnknown',
    message: /node/,
  },
  {
    when: 'one node at a time can mount its disk',
    expected: 'True Migratable',
    message: /copied for it: root$/,
  },
  {
    when: 'nodes share its disk',
    observed: { claims: withModes('ReadWriteMany') },
    expected: 'True Migratable',
    message: /all nodes share/,
  },
  { when: 'it is on its way', status: { phase: 'Migrating' }, expected: 'True Migratable', message: /root$/ },
  {
    when: 'a pod of its own serves a disk, and changes wait for a restart',
    observed: {
      attachments: [{ metadata: { name: 'web-data', labels: { 'hypersdk.io/disk': 'data' } } }],
    },
    status: { restartAwaitingChanges: [{ field: 'cpus', now: '1', wanted: '2' }] },
    expected: 'False RestartRequired',
    message: /changes of cpus.*; A pod of its own serves disk data/,
  },
  {
    when: 'it has memory to give back',
    status: { resources: { memory: '512Mi' } },
    expected: 'False MemoryNotGivenBack',
    message: /512Mi/,
  },
  {
    when: 'nodes share its disk, whose snapshots stay where they are',
    observed: { claims: withModes('ReadWriteMany'), snapshots: [snapshot] },
    expected: 'True Migratable',
    message: /share/,
  },
  {
    when: 'its disk is copied, whose snapshots go with it',
    observed: { snapshots: [snapshot] },
    expected: 'True Migratable',
    message: /copied for it: root$/,
  },
  {
    when: 'its disk has snapshots, and stands on another that one node at a time can mount',
    observed: { snapshots: [snapshot], claims: linkedTo('ReadWriteOnce') },
    expected: 'False DisksNotMovable',
    message: /root stands on golden.* VMSnapshots before: delete/,
  },
  {
    when: 'its disk has snapshots, and stands on another that all nodes can read',
    observed: { snapshots: [snapshot], claims: linkedTo('ReadOnlyMany') },
    expected: 'True Migratable',
    message: /root$/,
  },
  {
    when: 'it has UEFI variables of its own',
    spec: { firmware: { ...uefi, tpm: false } },
    status: { firmware: { pvc: 'web-root' } },
    expected: 'False FirmwareNotMovable',
    message: /variables are in a claim/,
  },
  {
    when: 'nodes share its UEFI variables',
    spec: { firmware: { ...uefi, tpm: false } },
    status: { firmware: { pvc: 'web-root' } },
    observed: { claims: withModes('ReadWriteMany') },
    expected: 'True Migratable',
    message: /all nodes share/,
  },
  {
    when: 'nodes share the state of its TPM',
    spec: { firmware: { ...uefi, tpm: true } },
    status: { firmware: { pvc: 'web-root' } },
    observed: { claims: withModes('ReadWriteMany') },
    expected: 'False FirmwareNotMovable',
    message: /TPM keeps its state/,
  },
];

describe('Migratable', () => {
  for (const { when, status, spec = {}, observed, expected, message } of rows) {
    it(`is ${expected} when ${when}`, () => {
      const told: VirtualMachineStatus = { phase: 'Running', ...status };
      const vm = aVirtualMachine({ spec, status: told });
      const update = migratable(anObservation({ vm, ...observed }), told);
      assert.equal(`${update.status} ${update.reason}`, expected);
      assert.match(update.message, message);
    });
  }
});
