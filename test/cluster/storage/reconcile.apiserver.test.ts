/** The claims here are marked as kube-controller-manager would: beside this API server there is none. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Client, PersistentVolumeClaims, type PersistentVolumeClaim } from '@hypersdk/kube';
import { PersistentVolumes, PROVISIONER, volumeName } from './persistent-volume.ts';
import { reconcileClaim, reconcileVolume, type Storage } from './reconcile.ts';

describe("the test cluster's storage", () => {
  const { signal } = new AbortController();
  let storage: Storage;
  let key: { namespace: string; name: string };
  let number = 0;

  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'storage-test-'));
    storage = { client: await Client.load({ userAgent: 'storage-test' }), directory };
  });

  beforeEach(() => {
    key = { namespace: 'default', name: `storage-test-${process.pid}-${++number}` };
  });

  after(async () => {
    await storage.client.close();
    await rm(storage.directory, { recursive: true });
  });

  async function createClaim(provisioner = PROVISIONER, source?: string): Promise<PersistentVolumeClaim> {
    const annotations = { 'volume.kubernetes.io/storage-provisioner': provisioner };
    return storage.client.create(PersistentVolumeClaims, {
      metadata: { ...key, annotations },
      spec: {
        ...{ accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
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
    assert.equal((await stat(volume.spec.hostPath.path)).mode & 0o777, 0o777);
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
    const claim = await createClaim(PROVISIONER, source.metadata.name);
    await reconcileClaim(storage, claim, signal);
    assert.equal(await readFile(join(storage.directory, volumeName(claim), 'data'), 'utf8'), 'kept');
  });

  it('leaves claims of other provisioners alone', async () => {
    const claim = await createClaim('example.org/other');
    await reconcileClaim(storage, claim, signal);
    assert.equal(existsSync(join(storage.directory, volumeName(claim))), false);
  });

  it('completes the growth of a bound claim', async () => {
    const { client } = storage;
    const claim = await createClaim();
    await reconcileClaim(storage, claim, signal);
    const bound = await bind(claim);
    // A claim may grow only where its class says so, which this API server would look up.
    const grown = { ...bound, spec: { ...bound.spec, resources: { requests: { storage: '2Gi' } } } };
    await reconcileClaim(storage, grown, signal);
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
    assert.ok(existsSync(volume.spec.hostPath.path));
    await reconcileVolume(storage, { ...volume, status: { phase: 'Released' } }, signal);
    assert.equal(existsSync(volume.spec.hostPath.path), false);
    const after = await storage.client.list(PersistentVolumes);
    const rest = after.items.find(({ metadata }) => metadata.name === volume.metadata.name);
    assert.ok(!rest || rest.metadata.deletionTimestamp !== undefined);
  });
});
