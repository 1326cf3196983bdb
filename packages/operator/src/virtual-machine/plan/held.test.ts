import { describe } from 'node:test';
import assert from 'node:assert/strict';
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { anObservation, aPod, aVirtualMachine } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { check, running, up, type Row } from '../../testing/plan-table.ts';
import { aSnapshot, held } from '../../testing/snapshots.ts';

const off: VirtualMachine['status'] = { ...up, phase: 'Stopped', podName: undefined };
const halted = aVirtualMachine({ spec: { running: false }, status: off });
const wanted = aVirtualMachine({ spec: { running: true }, status: off });

const begun = (operation: VMOperation['spec']['operation']): VMOperation =>
  anOperation(operation, {
    status: running,
    ...(operation === 'restore' && { spec: { restoreSpec: { snapshotRef: { name: 'before' } } } }),
  });
const made = aSnapshot({ phase: 'Creating' }, { metadata: { ...held, name: 'made', uid: 'made-uid' } });
const dropped = aSnapshot(
  { phase: 'Deleting' },
  { metadata: { ...held, name: 'dropped', uid: 'dropped-uid', deletionTimestamp: '2026-01-02T03:00:00Z' } },
);
const copier: Pod = { metadata: { name: 'copier', namespace: 'default' } };

const isHeldFor =
  (uid: string | undefined): Required<Row>['also'] =>
  ({ status }) => {
    assert.equal(status.disksHeldFor, uid);
  };

const holders = [
  { what: 'a clone', by: { operations: [begun('clone')] }, uid: 'op-clone', reason: 'BeingCloned' },
  { what: 'a flatten', by: { operations: [begun('flatten')] }, uid: 'op-flatten', reason: 'BeingFlattened' },
  { what: 'a restore', by: { operations: [begun('restore')] }, uid: 'op-restore', reason: 'BeingRestored' },
  { what: 'a snapshot', by: { snapshots: [made] }, uid: 'made-uid', reason: 'BeingSnapshotted' },
  {
    ...{ what: 'the deletion of a snapshot', by: { snapshots: [dropped] } },
    ...{ uid: 'dropped-uid', reason: 'SnapshotBeingDeleted' },
  },
];

describe('a VM whose guest is off', () => {
  check(
    holders.flatMap(({ what, by, uid, reason }): Row[] => [
      {
        when: `gives its disks to ${what}`,
        observed: anObservation({ vm: halted, ...by }),
        ...{ actions: [], phase: 'Stopped', reason, also: isHeldFor(uid) },
      },
      {
        when: `does not start before ${what} is done`,
        observed: anObservation({ vm: wanted, ...by }),
        ...{ actions: [], phase: 'Pending', reason, also: isHeldFor(uid) },
      },
    ]),
  );

  check([
    {
      when: 'gives its disks to one at a time, in an order that does not change',
      observed: anObservation({ vm: wanted, operations: [begun('restore')], snapshots: [dropped, made] }),
      ...{ actions: [], phase: 'Pending', reason: 'BeingRestored', also: isHeldFor('op-restore') },
    },
    {
      when: 'takes a snapshot before it lets another go',
      observed: anObservation({ vm: wanted, snapshots: [dropped, made] }),
      ...{ actions: [], phase: 'Pending', reason: 'BeingSnapshotted', also: isHeldFor('made-uid') },
    },
    {
      when: 'does not start beside a pod that works on its disks still, whoever had it made',
      observed: anObservation({ vm: wanted, copiers: [copier] }),
      ...{ actions: [], phase: 'Pending', reason: 'DisksInUse', also: isHeldFor(undefined) },
    },
    {
      when: 'does not give its disks to what has not begun',
      observed: anObservation({ vm: halted, operations: [anOperation('restore')], snapshots: [aSnapshot()] }),
      ...{ actions: [], phase: 'Stopped', reason: 'Halted', also: isHeldFor(undefined) },
    },
    {
      when: 'starts once nobody works on its disks',
      observed: anObservation({ vm: { ...wanted, status: { ...off, disksHeldFor: 'op-restore' } } }),
      ...{
        actions: ['createPod web-2'],
        phase: 'Creating',
        reason: 'CreatingPod',
        also: isHeldFor(undefined),
      },
    },
  ]);
});

const copierOf = (uid: string): Pod => ({
  metadata: {
    ...{ name: `${uid}-pod`, namespace: 'default' },
    ownerReferences: [{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot', name: 'one', uid }],
  },
});
const heldBy = (uid: string): VirtualMachine => ({ ...wanted, status: { ...off, disksHeldFor: uid } });
const goingMade = aSnapshot(
  { phase: 'Creating' },
  { metadata: { ...held, name: 'made', uid: 'made-uid', deletionTimestamp: '2026-01-02T03:00:00Z' } },
);

describe('a VM whose disks somebody has', () => {
  check([
    {
      when: 'leaves them to a snapshot that goes, though another is to be made',
      observed: anObservation({ vm: heldBy('dropped-uid'), snapshots: [dropped, made] }),
      ...{ actions: [], phase: 'Pending', reason: 'SnapshotBeingDeleted', also: isHeldFor('dropped-uid') },
    },
    {
      when: 'leaves them to a snapshot that is made, though there is a restore',
      observed: anObservation({ vm: heldBy('made-uid'), operations: [begun('restore')], snapshots: [made] }),
      ...{ actions: [], phase: 'Pending', reason: 'BeingSnapshotted', also: isHeldFor('made-uid') },
    },
    {
      when: 'leaves them to a snapshot that was deleted before it was made',
      observed: anObservation({
        vm: heldBy('made-uid'),
        operations: [begun('restore')],
        snapshots: [goingMade],
      }),
      ...{ actions: [], phase: 'Pending', reason: 'SnapshotBeingDeleted', also: isHeldFor('made-uid') },
    },
    {
      when: 'leaves them to whose pod works on them, whatever the record says',
      observed: anObservation({
        ...{ vm: heldBy('op-restore'), operations: [begun('restore')], snapshots: [dropped, made] },
        copiers: [copierOf('dropped-uid')],
      }),
      ...{ actions: [], phase: 'Pending', reason: 'SnapshotBeingDeleted', also: isHeldFor('dropped-uid') },
    },
    {
      when: 'gives them to nobody while a pod works on them whose owner has ended',
      observed: anObservation({
        ...{ vm: heldBy('op-gone'), operations: [begun('restore')], snapshots: [made] },
        copiers: [copierOf('op-gone')],
      }),
      ...{ actions: [], phase: 'Pending', reason: 'DisksInUse', also: isHeldFor(undefined) },
    },
    {
      when: 'takes them from a snapshot that waits for a clone before it goes',
      observed: anObservation({
        ...{ vm: heldBy('dropped-uid'), operations: [begun('clone')], snapshots: [dropped] },
      }),
      ...{ actions: [], phase: 'Pending', reason: 'BeingCloned', also: isHeldFor('op-clone') },
    },
    {
      when: 'starts while a snapshot waits for linked clones before it goes',
      observed: anObservation({ vm: heldBy('dropped-uid'), linkedClones: ['copy'], snapshots: [dropped] }),
      ...{
        actions: ['createPod web-2'],
        phase: 'Creating',
        reason: 'CreatingPod',
        also: isHeldFor(undefined),
      },
    },
  ]);
});

describe('a VM whose guest runs', () => {
  const vm = aVirtualMachine({ spec: { running: true }, status: up });
  check([
    {
      when: 'powers it off for a restore, and holds nothing before it is',
      observed: anObservation({ vm, pods: [aPod(vm, 1)], operations: [begun('restore')] }),
      ...{
        actions: ['deletePod web-1'],
        phase: 'Stopping',
        reason: 'Restarting',
        also: isHeldFor(undefined),
      },
    },
  ]);
});
