import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aVirtualMachine, anObservation, UID } from '../../testing/machines.ts';
import { diskClaim } from './claims.ts';
import { resolveDisks } from './disks.ts';
import type { DiskSource, ResolvedDisk } from './resolved-disk.ts';

const kinds: Record<string, DiskSource> = {
  blank: { type: 'blank' },
  'linked to an image': { type: 'golden', claim: 'image-a', clone: 'linked' },
  'copied from an image': { type: 'golden', claim: 'image-a', clone: 'full' },
  'made by a clone': { type: 'clone', bases: ['other-root'] },
};

function claimOf(source: DiskSource, changes: Partial<ResolvedDisk>) {
  const [disk] = resolveDisks(anObservation());
  assert.ok(disk);
  return diskClaim(aVirtualMachine(), { ...disk, source, ...changes }).metadata;
}

describe("a disk's claim", () => {
  for (const [kind, source] of Object.entries(kinds)) {
    it(`goes with its VM and with nothing else when the disk is ${kind}, unless it is to be kept`, () => {
      const owners = claimOf(source, { keep: false }).ownerReferences?.map(({ uid }) => uid);
      assert.deepEqual(owners, [UID]);
      assert.equal(claimOf(source, { keep: true }).ownerReferences, undefined);
    });
  }
});
