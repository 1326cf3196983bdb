/** The claims here are marked as kube-controller-manager would: beside this API server there is none. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Client, PersistentVolumeClaims, StorageClasses, type PersistentVolumeClaim } from '@hypersdk/kube';
import { PersistentVolumes, PROVISIONER, volumeName, type PersistentVolume } from './persistent-volume.ts';
import { reconcileClaim, reconcileVolume, SIZE_PARAMETER, type Storage } from './reconcile.ts';

/** This process's, as the only node's. */
const HERE = '/proc/self/ns/mnt';

describe("the test cluster's storage", () => {
  const { signal } = new AbortController();
  let storage: Storage;
  let key: { namespace: string; name: string };
  let number = 0;

  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'storage-test-'));
    storage = {
      client: await Client.load({ userAgent: 'storage-test' }),
      directory,
      mountNamespaces: [HERE],
    };
  });

  beforeEach(() => {
    key = { namespace: 'default', name: `storage-test-${process.pid}-${++number}` };
  });

  after(async () => {
    await storage.client.close();
    await rm(storage.directory, { recursive: true });
  });

  interface Wish {
    readonly provisioner?: string;
    readonly source?: string;
    readonly size?: string;
    readonly storageClassName?: string;
    readonly volumeMode?: string;
  }

  async function createClaim(wish: Wish = {}): Promise<PersistentVolumeClaim> {
    const { provisioner = PROVISIONER, source, size = '1Gi', ...spec } = wish;
    const annotations = { 'volume.kubernetes.io/storage-provisioner': provisioner };
    return storage.client.create(PersistentVolumeClaims, {
      metadata: { ...key, annotations },
      spec: {
        ...{ accessModes: ['ReadWriteMany'], resources: { requests: { storage: size } }, ...spec },
        ...(source !== undefined && { dataSource: { kind: 'PersistentVolumeClaim', name: source } }),
      },
    });
  }

  async function bind(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim> {
    const { client } = storage;
    await client.mergePatch(PersistentVolumeClaims, key, { spec: { volumeName: volumeName(claim) } });
    const status = { phase: 'Bound', capacity: { storage: '1Gi' } };
    return client.mergePatch(PersistentVolumeClaims, key, { status }, { subresource: 'status' });
  }

  it('gives a claim a directory that a pod of any user can write to', async () => {
    const claim = await createClaim();
    await reconcileClaim(storage, claim, signal);
    const volume = await storage.client.get(PersistentVolumes, { name: volumeName(claim) });
    assert.equal(volume.spec.capacity['storage'], '1Gi');
    assert.equal(volume.spec.claimRef.uid, claim.metadata.uid);
    assert.equal((await stat(pathOf(volume))).mode & 0o777, 0o777);
  });

  it('gives a class of hard sizes a file system that is full when it is full, and grows while it is mounted', async () => {
    const hard = {
      metadata: { name: 'hard' },
      provisioner: PROVISIONER,
      parameters: { [SIZE_PARAMETER]: 'hard' },
    };
    await storage.client.create(StorageClasses, hard);
    const claim = await createClaim({ storageClassName: 'hard', size: '8Mi' });
    await reconcileClaim(storage, claim, signal);
    const volume = await storage.client.get(PersistentVolumes, { name: volumeName(claim) });
    const write = () => writeFile(join(pathOf(volume), 'data'), Buffer.alloc(12 * 1024 ** 2, 1));
    await assert.rejects(write(), { code: 'ENOSPC' });
    await reconcileClaim(storage, wanting(await bind(claim), '32Mi'), signal);
    await write();
    await reconcileVolume(storage, { ...volume, status: { phase: 'Released' } }, signal);
    assert.equal(existsSync(pathOf(volume)), false);
  });

  it('gives a block claim a device of its size, which grows while it is open', async () => {
    const claim = await createClaim({ volumeMode: 'Block', size: '8Mi' });
    await reconcileClaim(storage, claim, signal);
    const volume = await storage.client.get(PersistentVolumes, { name: volumeName(claim) });
    await using device = await open(pathOf(volume), 'r+');
    const write = () => device.write(Buffer.alloc(4096, 1), 0, 4096, 12 * 1024 ** 2);
    await assert.rejects(write(), { code: 'ENOSPC' });
    await reconcileClaim(storage, wanting(await bind(claim), '16Mi'), signal);
    await write();
    await device.sync();
    await reconcileVolume(storage, { ...volume, status: { phase: 'Released' } }, signal);
    assert.equal(existsSync(pathOf(volume)), false);
  });

  it('gives a claim one volume, however often it looks', async () => {
    const claim = await createClaim();
    await reconcileClaim(storage, claim, signal);
    await reconcileClaim(storage, claim, signal);
    const { items } = await storage.client.list(PersistentVolumes);
    assert.equal(items.filter(({ spec }) => spec.claimRef.uid === claim.metadata.uid).length, 1);
  });

  it('makes a volume of what another holds, where its claim names that as its source', async () => {
    const source = await createClaim();
    await reconcileClaim(storage, source, signal);
    await writeFile(join(storage.directory, volumeName(source), 'data'), 'kept');
    key = { ...key, name: `${key.name}-clone` };
    const claim = await createClaim({ source: source.metadata.name });
    await reconcileClaim(storage, claim, signal);
    assert.equal(await readFile(join(storage.directory, volumeName(claim), 'data'), 'utf8'), 'kept');
  });

  it('leaves claims of other provisioners alone', async () => {
    const claim = await createClaim({ provisioner: 'example.org/other' });
    await reconcileClaim(storage, claim, signal);
    assert.equal(existsSync(join(storage.directory, volumeName(claim))), false);
  });

  it('completes the growth of a bound claim', async () => {
    const { client } = storage;
    const claim = await createClaim();
    await reconcileClaim(storage, claim, signal);
    const bound = await bind(claim);
    // A claim may grow only where its class says so, which this API server would look up.
    await reconcileClaim(storage, wanting(bound, '2Gi'), signal);
    const volume = await client.get(PersistentVolumes, { name: volumeName(claim) });
    assert.equal(volume.spec.capacity['storage'], '2Gi');
    const after = await client.get(PersistentVolumeClaims, key);
    assert.equal(after.status?.capacity?.['storage'], '2Gi');
  });

  it('deletes the data and the volume of a claim that is gone', async () => {
    const claim = await createClaim();
    await reconcileClaim(storage, claim, signal);
    const volume = await storage.client.get(PersistentVolumes, { name: volumeName(claim) });
    await reconcileVolume(storage, { ...volume, status: { phase: 'Bound' } }, signal);
    assert.ok(existsSync(pathOf(volume)));
    await reconcileVolume(storage, { ...volume, status: { phase: 'Released' } }, signal);
    assert.equal(existsSync(pathOf(volume)), false);
    const after = await storage.client.list(PersistentVolumes);
    const rest = after.items.find(({ metadata }) => metadata.name === volume.metadata.name);
    assert.ok(!rest || rest.metadata.deletionTimestamp !== undefined);
  });
});

const pathOf = ({ spec }: PersistentVolume): string => (spec.hostPath ?? spec.local)?.path ?? '';

function wanting(claim: PersistentVolumeClaim, storage: string): PersistentVolumeClaim {
  return { ...claim, spec: { ...claim.spec, resources: { requests: { storage } } } };
}
