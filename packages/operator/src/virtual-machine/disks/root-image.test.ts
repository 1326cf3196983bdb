import assert from 'node:assert/strict';
import { it } from 'node:test';
import { effectiveSpec } from '@hypersdk/api';
import type { Caches } from '../../caches.ts';
import { ownerUid, STANDS_ON } from '../../ownership.ts';
import { aClaim, aVirtualMachine, UID } from '../../testing/machines.ts';
import { rootImage } from './root-image.ts';

it('a VM that names no image has none, be its disk a clone that stands on another', () => {
  const source = { clone: { vmRef: { name: 'source' }, disk: 'root' } };
  const disk = {
    type: 'disk',
    accessMode: 'ReadWriteOnce',
    volumeMode: 'Filesystem',
    cloneMode: 'linked',
  } as const;
  const vm = aVirtualMachine({ spec: { disks: [{ ...disk, name: 'root', source }] } });
  const annotations = { [ownerUid]: UID, [STANDS_ON]: 'source-root,image-a' };
  const claim = aClaim();
  const claims = new Map([['web-root', { ...claim, metadata: { ...claim.metadata, annotations } }]]);
  const caches = {} as Caches; // nothing of them is needed
  const root = { vm, spec: effectiveSpec(vm.spec), claims, template: undefined };
  assert.equal(rootImage(caches, root), undefined);
});
