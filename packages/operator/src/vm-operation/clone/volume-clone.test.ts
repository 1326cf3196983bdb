import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import { aClaim, anObservation, aVirtualMachine } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import type { ClonedDisk } from './disks.ts';
import { clonedVolume } from '../../volume-clone.ts';
import { isClonedByClass, wayOfCopy } from './volume-clone.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';

const fast: StorageClass = {
  metadata: { name: 'fast', annotations: { 'hypersdk.io/clones-volumes': 'true' } },
  provisioner: 'csi.example.org',
};
const slow: StorageClass = { ...fast, metadata: { name: 'slow' } };
const stopped = aVirtualMachine({ status: { phase: 'Stopped' } });
const [root] = resolveDisks(anObservation({ vm: stopped }));

function sourceClaim(storageClassName: string): PersistentVolumeClaim {
  const claim = aClaim();
  const status = { phase: 'Bound', capacity: { storage: '30Gi' } };
  return { ...claim, spec: { ...claim.spec, storageClassName }, status };
}

function cloned(changes: Partial<ResolvedDisk> = {}, mode: ClonedDisk['mode'] = 'full'): ClonedDisk {
  assert.ok(root);
  const source: ResolvedDisk = { ...root, source: { type: 'existing', bases: [] }, ...changes };
  return { source, mode, claimName: 'copy-root', reason: 'asked for', bases: [] };
}

const elsewhere = {
  ...{ targetName: 'copy', targetNamespace: 'other', linkedClone: false, startAfterClone: false },
  ...{ includeMemory: false, identity: 'new' as const },
};
const context = (className: string, vm = stopped, operation = anOperation('clone')) => ({
  operation,
  vm,
  claims: new Map([['web-root', sourceClaim(className)]]),
  storageClasses: [fast, slow],
});

interface Row {
  readonly when: string;
  readonly disk: ClonedDisk;
  readonly context: ReturnType<typeof context>;
  readonly said: RegExp;
  readonly byClass?: true;
}

const rows: Row[] = [
  {
    when: 'its class says so: by it',
    ...{ disk: cloned(), context: context('fast') },
    said: /^; its StorageClass clones the volume$/,
    byClass: true,
  },
  {
    when: 'its class does not say so: copied',
    ...{ disk: cloned(), context: context('slow'), said: /copied, since StorageClass slow does not say/ },
  },
  {
    when: 'spec names another class than its claim has: copied',
    ...{ disk: cloned({ storageClass: 'slow' }), context: context('fast'), said: /of another StorageClass/ },
  },
  {
    when: 'it stands on an image: copied',
    disk: cloned({ source: { type: 'golden', claim: 'image-a', clone: 'linked' } }),
    ...{ context: context('fast'), said: /stands on claim image-a/ },
  },
  {
    when: 'it is a block volume: copied',
    ...{ disk: cloned({ volumeMode: 'Block' }), context: context('fast'), said: /block volume/ },
  },
  {
    when: 'it goes into another namespace: copied',
    disk: cloned(),
    context: context('fast', stopped, anOperation('clone', { spec: { cloneSpec: elsewhere } })),
    said: /of its own namespace only/,
  },
  { when: 'it is linked: nothing', disk: cloned({}, 'linked'), context: context('fast'), said: /^$/ },
];

describe('a disk that is cloned in full', () => {
  for (const { when, disk, context, said, byClass = false } of rows) {
    it(`where ${when}`, () => {
      assert.match(wayOfCopy(disk, context), said);
      assert.equal(isClonedByClass(disk, context), byClass);
    });
  }

  it('is copied while its guest runs, and says so', () => {
    const running = context('fast', aVirtualMachine({ status: { phase: 'Running' } }));
    assert.match(wayOfCopy(cloned(), running), /copied, since the guest runs/);
  });

  it('has a volume no smaller than the one that it is cloned of', () => {
    const asked = { ...aClaim(), spec: { resources: { requests: { storage: '10Gi' } } } };
    const { spec } = clonedVolume(asked, sourceClaim('fast'));
    assert.equal(spec?.resources?.requests?.['storage'], '30Gi');
    assert.deepEqual(spec.dataSource, { kind: 'PersistentVolumeClaim', name: 'web-root' });
  });
});
