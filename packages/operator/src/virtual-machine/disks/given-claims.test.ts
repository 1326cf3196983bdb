import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Disk } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { anObservation, aVirtualMachine } from '../../testing/machines.ts';
import { STANDS_ON } from '../../ownership.ts';
import { DiskProblem } from './disk-problem.ts';
import { resolveDisks } from './disks.ts';
import type { ResolvedDisk } from './resolved-disk.ts';

const root = aVirtualMachine().spec.disks![0]!;

function resolved(pvc: NonNullable<Disk['source']>['pvc'], claim?: PersistentVolumeClaim): ResolvedDisk {
  const vm = aVirtualMachine({ spec: { disks: [{ ...root, size: undefined, source: { pvc } }] } });
  const claims = new Map(claim ? [[claim.metadata.name, claim]] : []);
  const [disk] = resolveDisks(anObservation({ vm, claims }));
  assert.ok(disk);
  return disk;
}

describe('a claim that a VM was given as its disk', () => {
  it('is the disk itself, and is kept', () => {
    const { claimName, isOurs, keep, source } = resolved({ name: 'given' });
    assert.deepEqual([claimName, isOurs, keep, source.type], ['given', false, true, 'existing']);
  });

  it('stands on what it stood on when another VM had it', () => {
    const metadata = { name: 'given', annotations: { [STANDS_ON]: 'source-root,image-a' } };
    assert.deepEqual(resolved({ name: 'given' }, { metadata }).source, {
      type: 'existing',
      bases: ['source-root', 'image-a'],
    });
  });

  for (const volumeMode of ['Block', 'Filesystem'] as const) {
    it(`is attached as the ${volumeMode} volume that it is, whatever the spec's default says`, () => {
      const claim = { metadata: { name: 'given' }, spec: { volumeMode } };
      assert.equal(resolved({ name: 'given' }, claim).volumeMode, volumeMode);
    });
  }

  it('may name its own namespace, and no other', () => {
    assert.equal(resolved({ name: 'given', namespace: 'default' }).claimName, 'given');
    assert.throws(
      () => resolved({ name: 'given', namespace: 'team-b' }),
      (error) => error instanceof DiskProblem && error.reason === 'ClaimInOtherNamespace',
    );
  });
});
