import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  Labels,
  type MachineExit,
  type MachineMigration,
  type MachineSpec,
  type MachineState,
  type VirtualMachine,
  type VirtualMachineStatus,
} from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import { claimReference } from '../../../ownership.ts';
import {
  aClaim,
  aMachine,
  anObservation,
  aPod,
  aVirtualMachine,
  aContainerStatus,
  qemu,
  UID,
} from '../../../testing/machines.ts';
import { aSnapshot, held as finalized } from '../../../testing/snapshots.ts';
import { anOperation } from '../../../testing/operations.ts';
import { check, up, type Row } from '../../../testing/plan-table.ts';
import type { Plan } from '../actions.ts';
import type { MachineObservation, Observed } from '../../observed.ts';

type Migration = NonNullable<VirtualMachineStatus['migration']>;

const ID = 'op-migrate';
const disks = [{ name: 'root', from: 'web-root', to: 'web-root.2' }];
const begun: Migration = { operation: ID, phase: 'Preparing', epoch: 2, sourceNode: 'node-1', disks };
const seen: Migration = { ...begun, podUid: 'pod-2', targetNode: 'node-1' };

const atWork = anOperation('migrate', {
  spec: { migrateSpec: { targetNode: 'node-2', live: true, autoConverge: false, postCopy: false } },
  status: { phase: 'Running', steps: [{ name: 'Preparing' }], fromEpoch: 1 },
});

const wantsPostCopy = anOperation('migrate', {
  spec: { migrateSpec: { live: true, autoConverge: true, postCopy: true } },
  status: { phase: 'Running', steps: [{ name: 'Preparing' }], fromEpoch: 1 },
});

const vmWith = (migration?: Migration): VirtualMachine =>
  aVirtualMachine({
    status: {
      ...up,
      disks: [{ name: 'root', pvc: 'web-root', format: 'qcow2', size: '1Gi' }],
      ...(migration && { migration, lastEpoch: 2 }),
    },
  });
const plain = vmWith();

const newClaim = (): PersistentVolumeClaim => {
  const claim = aClaim();
  return { ...claim, metadata: { ...claim.metadata, name: 'web-root.2' } };
};
const claims = new Map([
  ['web-root', aClaim()],
  ['web-root.2', newClaim()],
]);

function targetPod(status?: Pod['status']): Pod {
  const pod = aPod(plain, 2, status ? { status } : {});
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [Labels.migration]: ID } },
  };
}

const passing = (direction: 'in' | 'out', phase: MachineMigration['phase']): MachineMigration => ({
  ...{ id: ID, direction, phase },
});

function source(phase?: MachineMigration['phase'], changes: Partial<MachineState> = {}): MachineObservation {
  return aMachine(plain, 1, { ...(phase && { migration: passing('out', phase) }), ...changes });
}

const target = (
  phase: MachineMigration['phase'],
  changes: Partial<MachineMigration> = {},
): MachineObservation =>
  aMachine(plain, 2, {
    phase: phase === 'Done' ? 'Running' : 'Starting',
    migration: { ...passing('in', phase), ...changes },
  });

function put({ actions }: Plan): MachineSpec {
  const action = actions.find(({ type }) => type === 'putMachine');
  assert.ok(action && 'machine' in action);
  return action.machine;
}

function observe(changes: Partial<Observed> & { readonly migration?: Migration }): Observed {
  const { migration, ...rest } = changes;
  const vm = vmWith(migration);
  const all = { vm, claims, operations: [atWork], pods: [aPod(vm, 1)], machine: source(), ...rest };
  return anObservation(all);
}

const ended = (reason: MachineExit['reason']): Partial<Observed> => {
  const status = {
    phase: 'Running',
    podIP: '10.0.0.7',
    containerStatuses: [qemu({ terminated: { exitCode: 0 } })],
  };
  const exit = { reason, time: '2026-01-02T03:04:05Z' };
  return { pods: [aPod(plain, 1, { status })], machine: source(undefined, { phase: 'Stopped', exit }) };
};

/** What a launcher left in its termination message, whose pod has ended. */
function gone(pod: Pod, direction: 'in' | 'out', phase: MachineMigration['phase'] = 'Done'): Pod {
  const message = JSON.stringify({ epoch: 1, phase: 'Stopped', migration: passing(direction, phase) });
  const terminated = { exitCode: 0, message };
  const containerStatuses = [
    qemu({ terminated: { exitCode: 0 } }),
    aContainerStatus('launcher', { state: { terminated } }),
  ];
  return { ...pod, status: { phase: 'Succeeded', containerStatuses } };
}

const leaving = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' },
});

const isThere = ({ status }: { status: VirtualMachineStatus }): void => {
  assert.deepEqual(status.movedDisks, [{ name: 'root', pvc: 'web-root.2' }]);
  assert.equal(status.migration?.phase, 'Succeeded');
};

const isSo = (phase: Migration['phase']) => (planned: { status: VirtualMachineStatus }) => {
  assert.equal(planned.status.migration?.phase, phase);
};

const vmMoved = aVirtualMachine({
  status: {
    ...up,
    ...{ epoch: 2, podName: 'web-2', lastEpoch: 2, migration: { ...seen, phase: 'Succeeded' } },
    movedDisks: [{ name: 'root', pvc: 'web-root.2' }],
  },
});
const inClaim = (pvc: string) => ({ name: 'root', pvc, file: 'layer-5aa95507.qcow2', size: '1Gi' });
const layered: Migration = { ...begun, disks: disks.map((disk) => ({ ...disk, layers: true })) };
const held = aSnapshot({ phase: 'Ready', vmUid: UID }, { metadata: finalized });
const dropped = aSnapshot(
  { phase: 'Deleting', vmUid: UID },
  { metadata: { ...finalized, deletionTimestamp: '2026-01-02T03:04:05Z' } },
);
const aboveIt: PersistentVolumeClaim = {
  metadata: { name: 'copy-root', namespace: 'default', uid: 'above' },
};
const cloned: PersistentVolumeClaim = {
  ...aClaim(),
  metadata: {
    ...aClaim().metadata,
    ownerReferences: [ownerReference(plain), { ...ownerReference(plain), name: 'clone', uid: 'clone-uid' }],
  },
};

const awaiting = { target: targetPod(), targetMachine: target('Listening') };
/** The source has ended, and its launcher or its last word tells of `phase`; the target has all of the guest. */
function withoutSource(phase: MachineMigration['phase'], migration: Migration, teller: string): Observed {
  return observe({
    migration,
    ...ended('qemu-error'),
    ...(teller === 'launcher' && { machine: source(phase, { phase: 'Stopped' }) }),
    ...(teller === 'last word' && {
      pods: [gone(aPod(plain, 1), 'out', phase)],
      machine: { type: 'none' },
    }),
    target: targetPod(),
    targetMachine: target('CutOver'),
  });
}

const rows: (Row & { readonly withSidecars?: false })[] = [
  {
    when: 'a migration is asked for: where it goes is written, and the pod is made',
    observed: observe({}),
    actions: ['createPod web-2'],
    phase: 'Running',
    reason: 'Running',
    also: isSo('Preparing'),
  },
  {
    when: 'an operator has died after it had written that: claim and pod are made',
    observed: observe({ migration: begun, claims: new Map([['web-root', aClaim()]]) }),
    actions: ['createClaim web-root.2', 'createPod web-2'],
    phase: 'Migrating',
    reason: 'Migrating',
  },
  {
    when: 'the target has no address yet, and is on record: the source is told to expect it',
    observed: observe({ migration: seen, target: targetPod({ phase: 'Pending' }) }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: (planned) => {
      const { expects, outgoing } = put(planned);
      assert.deepEqual([expects?.target, outgoing], ['web-2.default.launcher.hypersdk.io', undefined]);
    },
  },
  {
    when: 'the target has no address yet, and is not on record: the source is told nothing',
    observed: observe({ migration: begun, target: targetPod({ phase: 'Pending' }) }),
    actions: [],
    phase: 'Migrating',
    reason: 'Migrating',
  },
  {
    when: 'the guest may go before its memory, if its target can: that is not known before it listens',
    observed: observe({
      migration: seen,
      operations: [wantsPostCopy],
      target: targetPod({ phase: 'Pending' }),
    }),
    actions: [],
    phase: 'Migrating',
    reason: 'Migrating',
  },
  {
    when: 'the guest is there before the kubelet has told where that is: it is waited for',
    observed: observe({ migration: seen, target: targetPod({ phase: 'Pending' }), machine: source('Done') }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: isSo('CutOver'),
  },
  {
    when: 'the source has ended before the kubelet has told where the target is: that is waited for',
    observed: observe({ migration: seen, ...ended('migrated'), target: targetPod({ phase: 'Pending' }) }),
    actions: [],
    phase: 'Migrating',
    reason: 'SourceEnded',
  },
  {
    when: 'the target listens: the source is told',
    observed: observe({ migration: begun, ...awaiting }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: (planned) => {
      const { expects, outgoing } = put(planned);
      assert.deepEqual([expects, outgoing?.host], [undefined, '10.0.0.7']);
    },
  },
  {
    when: 'the pod that was to take the guest in is gone: it is not made again',
    observed: observe({ migration: seen }),
    actions: [],
    phase: 'Migrating',
    reason: 'Migrating',
    also: isSo('Failed'),
  },
  {
    when: 'the source has given up: the target stays until nothing is sent to it',
    observed: observe({ migration: seen, ...awaiting, machine: source('Failed') }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: isSo('Failed'),
  },
  {
    when: 'it was called off and the source still sends: it is told, and the target stays',
    observed: observe({ migration: seen, ...awaiting, operations: [], machine: source('CopyingMemory') }),
    actions: [],
    phase: 'Running',
    reason: 'Running',
    also: isSo('Failed'),
  },
  {
    when: 'it was called off and the source has given the guest over: the target stays',
    observed: observe({ migration: seen, ...awaiting, operations: [], machine: source('CutOver') }),
    actions: [],
    phase: 'Running',
    reason: 'Running',
  },
  {
    when: 'it was called off and nothing is sent: the target goes',
    observed: observe({ migration: seen, ...awaiting, operations: [] }),
    actions: ['deletePod web-2'],
    phase: 'Running',
    reason: 'Running',
  },
  {
    when: 'it has failed and the target is gone: the claims go that were made for it',
    observed: observe({ migration: { ...seen, phase: 'Failed' }, operations: [] }),
    actions: ['deleteClaim'],
    phase: 'Running',
    reason: 'Running',
  },
  {
    when: 'it is called off before its target is made: it has failed, and the guest stays',
    observed: observe({ migration: begun, operations: [] }),
    actions: [],
    phase: 'Running',
    reason: 'Running',
    also: isSo('Failed'),
  },
  {
    when: 'it is called off and its target is not seen, while the source sends: the source says first that it stays',
    observed: observe({ migration: seen, operations: [], machine: source('CopyingMemory') }),
    actions: [],
    phase: 'Running',
    reason: 'Running',
    also: isSo('Preparing'),
  },
  {
    when: 'the guest was started anew before its target was made: that would be of an earlier epoch',
    observed: observe({ migration: begun, pods: [aPod(plain, 3)], machine: aMachine(plain, 3) }),
    actions: [],
    phase: 'Migrating',
    reason: 'Migrating',
    also: isSo('Failed'),
  },
  {
    when: 'the guest is there: that pod is its own',
    observed: observe({
      migration: seen,
      target: targetPod(),
      targetMachine: target('Done'),
      machine: source('CutOver'),
    }),
    actions: ['putMachine'],
    phase: 'Running',
    reason: 'Running',
    also: ({ status }) => {
      const { epoch, podName, movedDisks, migration } = status;
      assert.deepEqual([epoch, podName, migration?.phase], [2, 'web-2', 'Succeeded']);
      assert.deepEqual(movedDisks, [{ name: 'root', pvc: 'web-root.2' }]);
    },
  },
  {
    when: 'that is on record: the disk that it has left goes',
    observed: anObservation({
      vm: vmMoved,
      claims,
      pods: [targetPod()],
      machine: target('Done'),
    }),
    actions: ['putMachine', 'deleteClaim'],
    phase: 'Running',
    reason: 'Running',
  },
  {
    when: 'that is on record, and a snapshot names the disk that it has left still: that stays',
    observed: anObservation({
      vm: vmMoved,
      ...{ claims, pods: [targetPod()], machine: target('Done') },
      snapshots: [aSnapshot({ phase: 'Ready', vmUid: UID, disks: [inClaim('web-root')] })],
    }),
    actions: ['putMachine'],
    phase: 'Running',
    reason: 'Running',
  },
  {
    when: "that is on record, and a linked clone stands on the disk that it has left: that is the clone's",
    observed: anObservation({
      vm: vmMoved,
      ...{ pods: [targetPod()], machine: target('Done') },
      claims: new Map([...claims, ['web-root', cloned]]),
      claimsAbove: new Map([['web-root', [aboveIt]]]),
    }),
    actions: ['putMachine', 'ownClaim'],
    phase: 'Running',
    reason: 'Running',
  },
  {
    when: 'that is on record, and a linked clone stands on the disk that it has left, which was to be kept: it goes with the clone',
    observed: anObservation({
      vm: vmMoved,
      ...{ pods: [targetPod()], machine: target('Done') },
      claims: new Map([
        ...claims,
        ['web-root', { ...cloned, metadata: { ...cloned.metadata, ownerReferences: [] } }],
      ]),
      claimsAbove: new Map([['web-root', [aboveIt]]]),
    }),
    actions: ['putMachine', 'ownClaim'],
    phase: 'Running',
    reason: 'Running',
    also: ({ actions }) => {
      const owned = actions.find(({ type }) => type === 'ownClaim');
      assert.deepEqual(owned?.type === 'ownClaim' && owned.owners, [claimReference(aboveIt)]);
    },
  },
  {
    when: 'it has snapshots: the source lends its layers while the target is made',
    observed: observe({ migration: layered, snapshots: [held], claims: new Map([['web-root', aClaim()]]) }),
    actions: ['putMachine', 'createClaim web-root.2', 'createPod web-2'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: ({ actions }) => {
      const put = actions.find(({ type }) => type === 'putMachine');
      assert.equal(put?.type === 'putMachine' && put.machine.lendsTo, `web-2.default.launcher.hypersdk.io`);
      const made = actions.find(({ type }) => type === 'createPod');
      assert.equal(made?.type === 'createPod' && made.machine.disks[0]?.source.type, 'moved');
    },
  },
  {
    when: 'it has snapshots, and one is being dropped: that is waited for',
    observed: observe({ snapshots: [dropped] }),
    actions: ['putMachine'],
    phase: 'Running',
    reason: 'Running',
    also: ({ status }) => {
      assert.equal(status.migration, undefined);
    },
  },
  ...(['status', 'launcher', 'last word'] as const).map((who) => ({
    when: `the source has ended after it had handed over, by its ${who}: the target takes it over`,
    observed: withoutSource('CutOver', who === 'status' ? { ...seen, phase: 'CutOver' } : seen, who),
    actions: ['putMachine'],
    phase: 'Migrating' as const,
    reason: 'SourceEnded',
  })),
  ...(['nobody', 'launcher', 'last word'] as const).map((who) => ({
    when: `the source has ended and may have gone on before, by the word of ${who}: the target's memory is not the guest any more`,
    observed: withoutSource('Failed', who === 'nobody' ? seen : { ...seen, phase: 'CutOver' }, who),
    actions: ['deletePod web-2'],
    phase: 'Migrating' as const,
    reason: 'SourceEnded',
  })),
  {
    when: 'the source has ended before everything was there: the target goes, and nothing is started before',
    observed: observe({
      migration: seen,
      ...ended('qemu-error'),
      target: targetPod(),
      targetMachine: target('CopyingMemory'),
    }),
    actions: ['deletePod web-2'],
    phase: 'Migrating',
    reason: 'SourceEnded',
  },
  {
    when: 'the source has ended and the target is on its way out: nobody is said to have asked for that',
    observed: observe({
      ...{ migration: seen, ...ended('qemu-error'), target: leaving(targetPod()) },
      targetMachine: target('Failed'),
    }),
    actions: [],
    phase: 'Migrating',
    reason: 'SourceEnded',
    also: ({ status }) => {
      assert.equal(status.migration?.message, 'The guest ended before it could be moved');
    },
  },
  {
    when: 'the source has ended and the target does not answer: it is waited for',
    observed: observe({
      ...{ migration: seen, ...ended('migrated'), target: targetPod() },
      targetMachine: { type: 'unreachable', address: { host: '10.0.0.8', certificateName: 'web' } },
    }),
    actions: [],
    phase: 'Migrating',
    reason: 'SourceEnded',
  },
  {
    when: 'the source has ended while memory followed the guest: the target is told that no more comes',
    observed: observe({
      migration: seen,
      ...ended('qemu-error'),
      target: targetPod(),
      targetMachine: target('PostCopy'),
    }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'SourceEnded',
  },
  {
    when: 'the target is gone while memory followed the guest: that is written first',
    observed: observe({ migration: seen, machine: source('PostCopy') }),
    actions: [],
    phase: 'Migrating',
    reason: 'Migrating',
    also: isSo('PostCopy'),
  },
  {
    when: 'that is written: what is left of the guest here goes, and nothing is started before',
    observed: observe({ migration: { ...seen, phase: 'PostCopy' }, machine: source('PostCopy') }),
    actions: ['deletePod web-1'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: isSo('PostCopy'),
  },
  {
    when: 'a guest that went before its memory is in neither pod: it starts anew from the disks there',
    observed: observe({
      migration: { ...seen, phase: 'PostCopy', postCopy: { possible: true, used: true } },
      ...{ pods: [], machine: { type: 'none' } },
    }),
    actions: ['createPod web-3'],
    phase: 'Creating',
    reason: 'CreatingPod',
    also: (planned) => {
      isThere(planned);
      assert.equal(planned.status.migration?.postCopy?.lost, true);
    },
  },
  {
    when: 'the guest may go before its memory: source and target hear of it once the target can',
    observed: observe({
      ...{ migration: begun, operations: [wantsPostCopy], ...awaiting },
      targetMachine: target('Listening', { postCopy: { possible: true } }),
    }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: (planned) => {
      assert.equal(put(planned).outgoing?.postCopy, true);
    },
  },
  {
    when: 'the target cannot run a guest before its memory: the source hears nothing of it, and status says why',
    observed: observe({
      ...{ migration: begun, operations: [wantsPostCopy], ...awaiting },
      targetMachine: target('Listening', { postCopy: { possible: false, reason: 'no userfaultfd' } }),
    }),
    actions: ['putMachine'],
    phase: 'Migrating',
    reason: 'Migrating',
    also: (planned) => {
      assert.equal(put(planned).outgoing?.postCopy, undefined);
      assert.deepEqual(planned.status.migration?.postCopy, { possible: false, reason: 'no userfaultfd' });
    },
  },
  {
    when: 'the guest ran in the target and has ended there: its disks are those',
    observed: observe({
      ...{ migration: seen, pods: [], target: gone(targetPod(), 'in') },
      ...{ machine: { type: 'none' }, targetMachine: { type: 'none' } },
    }),
    actions: [],
    phase: 'Pending',
    reason: 'GuestPoweredDown',
    also: isThere,
  },
  {
    when: 'the guest ran in a target that is gone: it starts anew from those disks',
    observed: observe({
      ...{ migration: seen, pods: [gone(aPod(plain, 1), 'out')] },
      machine: { type: 'none' },
    }),
    actions: ['createPod web-3'],
    phase: 'Creating',
    reason: 'CreatingPod',
    also: isThere,
  },
];

describe('plan of a migration', () => {
  check(rows.map((row) => ({ ...row, withSidecars: false })));
});
