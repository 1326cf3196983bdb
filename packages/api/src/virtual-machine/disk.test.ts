import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deletePolicyOf, Disk, rootDiskOf } from './disk.ts';

const disk = (name: string, more: object = {}) => Disk.parse({ name, size: '1Gi', ...more });

describe('the root disk', () => {
  it('is the one that boots first', () => {
    const disks = [disk('a'), disk('b', { bootOrder: 2 }), disk('c', { bootOrder: 1 })];
    assert.equal(rootDiskOf(disks)?.name, 'c');
  });

  it('is the first listed when none has a boot order', () => {
    assert.equal(rootDiskOf([disk('a'), disk('b')])?.name, 'a');
  });

  it('is never a cdrom, even one that boots first', () => {
    const installer = disk('installer', { type: 'cdrom', bootOrder: 1 });
    assert.equal(rootDiskOf([installer, disk('a', { bootOrder: 2 })])?.name, 'a');
    assert.equal(rootDiskOf([installer]), undefined);
  });
});

describe('the delete policy of a disk', () => {
  it('keeps a claim that the VM was given', () => {
    assert.equal(deletePolicyOf(disk('a', { source: { pvc: { name: 'data' } } })), 'Keep');
  });

  it('deletes a claim that was made for the VM', () => {
    assert.equal(deletePolicyOf(disk('a', { source: { http: { url: 'http://example.org/a' } } })), 'Delete');
    assert.equal(deletePolicyOf(disk('a')), 'Delete');
  });

  it('is what the disk says', () => {
    assert.equal(deletePolicyOf(disk('a', { deletePolicy: 'Keep' })), 'Keep');
  });
});
