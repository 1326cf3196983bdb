import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Disk, VirtualMachine } from '@hypersdk/api';
import { ownerReference, type OwnerReference, type PersistentVolumeClaim } from '@hypersdk/kube';
import { claimReference } from '../../ownership.ts';
import { aSnapshot, held } from '../../testing/snapshots.ts';
import { aClaim, anObservation, aVirtualMachine, UID } from '../../testing/machines.ts';
import type { Observed } from '../observed.ts';
import { ownClaims } from './own-claims.ts';

const other = { apiVersion: 'example.com/v1', kind: 'Backup', name: 'nightly', uid: 'other' };
const ours = aClaim().metadata.ownerReferences?.[0];
assert.ok(ours);
const above = {
  ...aClaim('another'),
  metadata: { ...aClaim('another').metadata, name: 'copy-root', uid: 'above' },
};
const heldIn = aSnapshot(
  { phase: 'Ready', vmUid: UID, disks: [{ name: 'root', pvc: 'web-root' }] },
  { metadata: held },
);
const goesWithVm = {
  ...heldIn,
  spec: { ...heldIn.spec, retention: { autoDelete: true, deleteOnVMDelete: true } },
};
const elsewhere = { ...ours, name: 'former', uid: 'former-uid' };
const given = { source: { pvc: { name: 'web-root' } } };

function vmWith(changes: Partial<Disk>): VirtualMachine {
  const [disk] = aVirtualMachine().spec.disks ?? [];
  assert.ok(disk);
  return aVirtualMachine({ spec: { disks: [{ ...disk, ...changes }] } });
}

function owned(ownerReferences: OwnerReference[], metadata = {}): PersistentVolumeClaim {
  return { ...aClaim(), metadata: { ...aClaim().metadata, ownerReferences, ...metadata } };
}

const rows: {
  when: string;
  disk: Partial<Disk>;
  claim: PersistentVolumeClaim;
  owners: OwnerReference[] | undefined;
  seen?: Partial<Observed>;
}[] = [
  { when: 'a made claim goes with its VM', disk: {}, claim: owned([ours]), owners: undefined },
  { when: 'a made claim comes to be kept', disk: { deletePolicy: 'Keep' }, claim: owned([ours]), owners: [] },
  { when: 'a kept claim stays kept', disk: { deletePolicy: 'Keep' }, claim: owned([]), owners: undefined },
  { when: 'a kept claim comes to go with its VM', disk: {}, claim: owned([]), owners: [ours] },
  {
    when: 'what else owns a claim goes on owning it',
    disk: { deletePolicy: 'Keep' },
    claim: owned([other, ours]),
    owners: [other],
  },
  {
    when: 'a kept claim does not go with a clone that stands on it',
    disk: { deletePolicy: 'Keep' },
    claim: owned([ours, { ...ours, name: 'clone', uid: 'clone-uid' }]),
    owners: [],
  },
  {
    when: 'a kept claim does not go with a snapshot that it holds',
    disk: { deletePolicy: 'Keep' },
    claim: owned([ours, ownerReference(heldIn)]),
    owners: [],
    seen: { snapshots: [heldIn] },
  },
  {
    when: 'one that comes to go with its VM stays for what stands on it, and for the snapshots that outlive the VM',
    disk: {},
    claim: owned([]),
    owners: [ours, claimReference(above), ownerReference(heldIn)],
    seen: { snapshots: [heldIn], claimsAbove: new Map([['web-root', [above]]]) },
  },
  {
    when: 'it does not stay for a snapshot that goes with the VM, too',
    disk: {},
    claim: owned([ours]),
    owners: undefined,
    seen: { snapshots: [goesWithVm] },
  },
  {
    when: 'a claim that another VM has left is kept for the one that it is given to',
    disk: given,
    claim: owned([other, elsewhere]),
    owners: [other],
  },
  {
    when: 'a claim that another VM has still goes with that',
    disk: given,
    claim: owned([elsewhere]),
    owners: undefined,
    seen: { heldElsewhere: new Set(['web-root']) },
  },
  { when: 'a given claim is left alone', disk: given, claim: owned([other]), owners: undefined },
  {
    when: 'a given claim goes with its VM where the VM says so',
    disk: { ...given, deletePolicy: 'Delete' },
    claim: owned([other]),
    owners: [other, ours],
  },
  {
    when: 'a claim of another VM is not taken',
    disk: {},
    claim: { ...aClaim('another'), metadata: { ...aClaim('another').metadata, ownerReferences: [] } },
    owners: undefined,
  },
  {
    when: 'a claim that is going is left alone',
    disk: { deletePolicy: 'Keep' },
    claim: owned([ours], { deletionTimestamp: '2026-01-02T03:04:05Z' }),
    owners: undefined,
  },
];

describe('deletePolicy', () => {
  for (const { when, disk, claim, owners, seen } of rows) {
    it(when, () => {
      const claims = new Map([['web-root', claim]]);
      const actions = ownClaims({ ...anObservation({ vm: vmWith(disk), claims }), ...seen });
      assert.deepEqual(actions, owners === undefined ? [] : [{ type: 'ownClaim', claim, owners }]);
      assert.equal(ours.uid, UID);
    });
  }
});
