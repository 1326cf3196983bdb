import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBytes, type Disk } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { GoldenImage } from '../../image/golden-image.ts';
import { STANDS_ON } from '../../ownership.ts';
import { aClaim, anObservation, aVirtualMachine, NOW } from '../../testing/machines.ts';
import type { Observed, DiskImage } from '../observed.ts';
import { diskImageProblem } from './disk-image.ts';
import { DiskProblem } from './disk-problem.ts';
import { resolveDisks } from './disks.ts';

const ready: GoldenImage = {
  type: 'ready',
  virtualSize: parseBytes('128Mi'),
  time: NOW.toISOString(),
  attempts: 1,
};
const wanted = (state: GoldenImage = ready, changes: object = {}): DiskImage => ({
  ...{ type: 'wanted', name: 'image-a', state, vmImage: 'debian' },
  ...{ storageClass: undefined, ...changes },
});
const gone: DiskImage = { type: 'missing', vmImage: 'debian', isDeleted: false };
const importing: GoldenImage = {
  ...{ type: 'importing', reason: 'Importing', message: 'It comes', attempts: 1 },
  progress: 1,
};

/** Of a VM whose only disk names an image. */
function observed(
  image: DiskImage,
  {
    disk = {},
    isMade = false,
    claim = {},
  }: { disk?: Partial<Disk>; isMade?: boolean; claim?: Partial<PersistentVolumeClaim> } = {},
): Observed {
  const [root] = aVirtualMachine().spec.disks!;
  const disks = [{ ...root!, source: { image: { name: 'debian' } }, ...disk }];
  const status = isMade ? { disks: [{ name: 'root', format: 'qcow2' as const }] } : {};
  return anObservation({
    vm: aVirtualMachine({ spec: { disks }, status }),
    claims: new Map(isMade ? [['web-root', { ...aClaim(), ...claim }]] : []),
    diskImages: new Map([['root', image]]),
  });
}

const linked = { metadata: { ...aClaim().metadata, annotations: { [STANDS_ON]: 'image-b' } } };

describe('a disk that names a VMImage', () => {
  const waits: [string, Observed, reason: string | undefined][] = [
    ['waits for one that does not exist', observed(gone), 'VMImageNotFound'],
    ['waits for one that is not imported', observed(wanted(importing)), 'VMImageNotReady'],
    ['starts from one that is ready', observed(wanted()), undefined],
    ['needs none when it is made and stands alone', observed(gone, { isMade: true }), undefined],
    [
      'needs the image that it stands on',
      observed(wanted(importing, { name: 'image-b' }), { isMade: true, claim: linked }),
      'VMImageNotReady',
    ],
  ];
  for (const [name, seen, reason] of waits) {
    it(name, () => {
      assert.equal(diskImageProblem(seen)?.reason, reason);
    });
  }

  it('is a clone of it until it is made', () => {
    const [disk] = resolveDisks(observed(wanted(), { disk: { cloneMode: 'linked' } }));
    assert.deepEqual(disk?.source, { type: 'golden', claim: 'image-a', clone: 'linked' });
  });

  it('stands on what its claim says, whatever the VMImage of that name has become', () => {
    const [disk] = resolveDisks(observed(wanted(), { isMade: true, claim: linked }));
    assert.deepEqual(disk?.source, { type: 'golden', claim: 'image-b', clone: 'linked' });
    const [alone] = resolveDisks(observed(gone, { isMade: true }));
    assert.deepEqual(alone?.source, { type: 'existing', bases: [] });
  });

  it('is as large as the image where it says nothing, and stays so without it', () => {
    const disk = { size: undefined };
    assert.equal(resolveDisks(observed(wanted(), { disk }))[0]?.size, '128Mi');
    const claim = { spec: { resources: { requests: { storage: '96Mi' } } } };
    assert.equal(resolveDisks(observed(gone, { disk, isMade: true, claim }))[0]?.size, '96Mi');
  });

  it('is refused a size in which the image has no room', () => {
    assert.throws(
      () => resolveDisks(observed(wanted(), { disk: { size: '64Mi' } })),
      (error) => error instanceof DiskProblem && error.reason === 'ImageLargerThanDisk',
    );
  });
});
