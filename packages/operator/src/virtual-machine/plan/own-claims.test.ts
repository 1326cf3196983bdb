import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Disk, VirtualMachine } from '@hypersdk/api';
import type { OwnerReference, PersistentVolumeClaim } from '@hypersdk/kube';
import { aClaim, anObservation, aVirtualMachine, UID } from '../../testing/machines.ts';
import { ownClaims } from './own-claims.ts';

const other = { apiVersion: 'example.com/v1', kind: 'Backup', name: 'nightly', uid: 'other' };
const ours = aClaim().metadata.ownerReferences?.[0];
assert.ok(ours);
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
  for (const { when, disk, claim, owners } of rows) {
    it(when, () => {
      const actions = ownClaims(anObservation({ vm: vmWith(disk), claims: new Map([['web-root', claim]]) }));
      assert.deepEqual(actions, owners === undefined ? [] : [{ type: 'ownClaim', claim, owners }]);
      assert.equal(ours.uid, UID);
    });
  }
});
