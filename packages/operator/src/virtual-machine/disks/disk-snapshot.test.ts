import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBytes, type Disk, type VMSnapshot } from '@hypersdk/api';
import { keyOf, type KubeObject, type PersistentVolumeClaim } from '@hypersdk/kube';
import { STANDS_ON } from '../../ownership.ts';
import { aClaim, anObservation, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { resolveNetworks } from '../networks/networks.ts';
import type { Observed } from '../observed.ts';
import { machineSpec } from '../pod/machine-spec.ts';
import { diskImageProblem } from './disk-image.ts';
import { diskSnapshot } from './disk-snapshot.ts';
import { DiskProblem } from './disk-problem.ts';
import { basesOf } from './disk-source.ts';
import { resolveDisks } from './disks.ts';

const held = { name: 'root', pvc: 'web-root', file: 'layer-1.qcow2', size: '4Gi' };
const aSnapshot = (status: VMSnapshot['status'], deletionTimestamp?: string): VMSnapshot => ({
  ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot' },
  metadata: { name: 'before', namespace: 'default', ...(deletionTimestamp && { deletionTimestamp }) },
  spec: { vmRef: { name: 'web' }, includeMemory: false, quiesce: true, method: 'disk' },
  status,
});
const ready = aSnapshot({ phase: 'Ready', readyToRestore: true, disks: [held] });
const [root] = aVirtualMachine().spec.disks!;
const disk = (changes: Partial<Disk> = {}): Disk => ({
  ...root!,
  ...{ size: undefined, source: { snapshot: { name: 'before' } } },
  ...changes,
});
const asking = { resources: { requests: { storage: '4Gi' } } };
const linked = { ...aClaim(), metadata: { ...aClaim().metadata, annotations: { [STANDS_ON]: 'image-a' } } };

function cache<T extends KubeObject>(objects: readonly T[]) {
  return { get: (key: string) => objects.find((object) => keyOf(object) === key) };
}

function found(snapshot: VMSnapshot, wish: Disk, claims: readonly PersistentVolumeClaim[] = [linked]) {
  // Of the caches only `get` is used.
  const caches = { snapshots: cache([snapshot]), claims: cache(claims) } as never;
  const image = diskSnapshot(caches, 'default', wish);
  assert.ok(image);
  return image;
}

function observed(snapshot: VMSnapshot, wish: Disk = disk(), isMade = false): Observed {
  const status = isMade ? { disks: [{ name: 'root', format: 'qcow2' as const, pvc: 'web-root' }] } : {};
  return anObservation({
    vm: aVirtualMachine({ spec: { disks: [wish] }, status }),
    claims: new Map(isMade ? [['web-root', { ...aClaim(), spec: asking }]] : []),
    diskImages: new Map([['root', found(snapshot, wish)]]),
  });
}

describe('a disk that names a VMSnapshot', () => {
  it('is a copy of its layer, as large as the guest saw it, with all that it stands on at hand', () => {
    const seen = observed(ready);
    const disks = resolveDisks(seen);
    assert.deepEqual(basesOf(disks), ['web-root', 'image-a']);
    const { vm, spec } = seen;
    const networks = resolveNetworks(seen);
    const machine = machineSpec({ vm, spec, disks, networks, epoch: 1, power: 'on', acceleration: 'tcg' });
    assert.deepEqual(
      machine.disks.map(({ size, source }) => [size, source]),
      [
        [
          parseBytes('4Gi'),
          { type: 'image', path: '/images/web-root/layer-1.qcow2', clone: 'full', isLayer: true },
        ],
      ],
    );
  });

  it('needs it no more once it is made', () => {
    const seen = observed(aSnapshot({ phase: 'Deleting' }, NOW.toISOString()), disk(), true);
    assert.equal(diskImageProblem(seen), undefined);
    assert.deepEqual(basesOf(resolveDisks(seen)), []);
  });

  const problems: [when: string, snapshot: VMSnapshot, wish: Disk, reason: string][] = [
    ['is being deleted', aSnapshot(ready.status, NOW.toISOString()), disk(), 'VMSnapshotNotFound'],
    ['is not ready', aSnapshot({ phase: 'Creating' }), disk(), 'VMSnapshotNotReady'],
    ['has failed', aSnapshot({ phase: 'Failed' }), disk(), 'VMSnapshotNotReady'],
    [
      'has no such disk',
      ready,
      disk({ source: { snapshot: { name: 'before', disk: 'data' } } }),
      'VMSnapshotDiskNotFound',
    ],
  ];
  for (const [when, snapshot, wish, reason] of problems) {
    it(`waits for one that ${when}`, () => {
      const problem = diskImageProblem(observed(snapshot, wish));
      assert.equal(problem?.reason, reason);
      const isComing = snapshot.status?.phase === 'Creating';
      assert.equal(problem.progress, isComing ? 'progressing' : 'stalled');
    });
  }

  const refusals: [what: string, wish: Disk, reason: string][] = [
    ['smaller than it', disk({ size: '1Gi' }), 'ImageLargerThanDisk'],
    ['linked to it', disk({ cloneMode: 'linked' }), 'NotSupported'],
  ];
  for (const [what, wish, reason] of refusals) {
    it(`is not made ${what}`, () => {
      assert.throws(
        () => resolveDisks(observed(ready, wish)),
        (error) => error instanceof DiskProblem && error.reason === reason,
      );
    });
  }
});
