import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StorageClass } from '@hypersdk/kube';
import { CLONES_VOLUMES } from '../../storage-profiles.ts';
import { anObservation, aVirtualMachine } from '../../testing/machines.ts';
import { resolveDisks } from './disks.ts';
import { newClaim } from './new-claim.ts';
import type { ResolvedDisk } from './resolved-disk.ts';

const aClass = (name: string, clones: boolean): StorageClass => ({
  metadata: { name, annotations: { [CLONES_VOLUMES]: String(clones) } },
  provisioner: 'test',
});
const classes = [aClass('fast', true), aClass('slow', false)];
const golden = (storageClassName: string, storage: string) => ({
  metadata: { name: 'image-a' },
  spec: { storageClassName },
  status: { phase: 'Bound', capacity: { storage } },
});
const [blank] = resolveDisks(anObservation());

function cloneOf(changes: Partial<ResolvedDisk>, claim = golden('fast', '1Gi')): string | undefined {
  assert.ok(blank);
  const source = { type: 'golden', claim: 'image-a', clone: 'full' } as const;
  const disk = { ...blank, source, size: '2Gi', storageClass: 'fast', ...changes };
  const goldenClaims = new Map([['image-a', claim]]);
  const made = newClaim({ vm: aVirtualMachine(), goldenClaims, storageClasses: classes }, disk);
  assert.equal(made.spec?.resources?.requests?.['storage'], disk.size);
  return made.spec.dataSource?.name;
}

describe('the claim of a disk that is a full copy of an image', () => {
  it('is cloned from the image where its class does that', () => {
    assert.equal(cloneOf({}), 'image-a');
  });

  const rows: [when: string, changes: Partial<ResolvedDisk>, claim?: ReturnType<typeof golden>][] = [
    ['the disk is linked', { source: { type: 'golden', claim: 'image-a', clone: 'linked' } }],
    ['the disk is blank', { source: { type: 'blank' } }],
    ['the disk is a block volume', { volumeMode: 'Block' }],
    ['the image is of another class', { storageClass: 'slow' }],
    ['the class does not clone', { storageClass: 'slow' }, golden('slow', '1Gi')],
    ["the image's volume is larger than the disk", {}, golden('fast', '4Gi')],
  ];
  for (const [when, changes, claim] of rows) {
    it(`comes empty where ${when}`, () => {
      assert.equal(cloneOf(changes, claim), undefined);
    });
  }
});
