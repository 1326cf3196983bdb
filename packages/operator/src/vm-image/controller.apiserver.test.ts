/**
 * Guarantees: a VMImage is imported by one pod whatever write its operator dies at; a VM's root disk stands on it; and when
 * both are deleted the image stays for as long as the disk does, and no longer. One that is uploaded has one token whatever
 * write its operator dies at, and its door is closed when the image is there.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { findCondition, isConditionTrue, type VirtualMachine, type VMImage } from '@hypersdk/api';
import { PersistentVolumeClaims, Secrets, Services } from '@hypersdk/kube';
import { VMImages } from '../resources.ts';
import { deathsOf } from '../testing/deaths.ts';
import { mortalClient } from '../testing/mortal-client.ts';
import { runUntilEnd, type RunningOperator } from '../testing/operator-under-test.ts';
import { pretendWorkers } from '../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, type Stage } from '../testing/stage.ts';

let stage: Stage;
const stopping = new AbortController();
/** Names of the import pods that were seen. */
let importers: string[];
before(async () => {
  stage = await openStage('127.0.108');
  importers = await pretendWorkers(stage, stopping.signal);
});
after(async () => {
  stopping.abort();
  await stage.close();
});

async function createImage(
  name: string,
  source: object = { http: { url: `http://images.example.org/${name}.qcow2` } },
): Promise<void> {
  const manifest = { metadata: { name, namespace: stage.namespace }, spec: { source } };
  await stage.client.create(VMImages, manifest as VMImage); // the server fills the rest in
}

const remove = (resource: typeof VMImages | typeof VirtualMachines, name: string): Promise<void> =>
  stage.client.delete(resource, { namespace: stage.namespace, name });
const isReady = (image: VMImage | undefined): boolean => isConditionTrue(image?.status?.conditions, 'Ready');
const isGone = (object: unknown): boolean => object === undefined;

/** Nobody else takes the protection away that the API server gives to each claim. */
async function unprotect(name: string): Promise<void> {
  const key = { namespace: stage.namespace, name };
  await becomes(stage, PersistentVolumeClaims, name, (claim) => !!claim?.metadata.deletionTimestamp);
  await stage.client.mergePatch(PersistentVolumeClaims, key, { metadata: { finalizers: [] } });
}

describe('a VMImage', () => {
  it('is what a disk stands on, and stays for as long as the disk does', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    await createImage('base');
    const image = await becomes(stage, VMImages, 'base', isReady);
    const golden = image?.status?.pvc ?? '';
    const disks = [{ name: 'root', size: '1Gi', cloneMode: 'linked', source: { image: { name: 'base' } } }];
    const manifest = {
      metadata: { name: 'stands', namespace: stage.namespace },
      spec: { cpus: 1, memory: '64Mi', disks },
    };
    await stage.client.create(VirtualMachines, manifest as VirtualMachine); // the server fills the rest in
    await becomes(stage, VirtualMachines, 'stands', (vm) =>
      isConditionTrue(vm?.status?.conditions, 'Running'),
    );
    await remove(VMImages, 'base');
    const held = await becomes(stage, VMImages, 'base', (found) =>
      isConditionTrue(found?.status?.conditions, 'Stalled'),
    );
    assert.match(findCondition(held?.status?.conditions, 'InUse')?.message ?? '', /stands-root/);
    await remove(VirtualMachines, 'stands');
    await becomes(stage, VMImages, 'base', isGone);
    await unprotect(golden);
  });
});

/** With a VMImage that is made by one operator, and comes to be under its successor. */
async function dies(
  t: TestContext,
  { client, died }: ReturnType<typeof mortalClient>,
  name: string,
  source?: object,
): Promise<{ readonly golden: string; readonly second: RunningOperator }> {
  const first = await runUntilEnd(t, client, stage.authorities);
  importers.length = 0;
  await createImage(name, source);
  await Promise.race([died, becomes(stage, VMImages, name, isReady)]);
  await first.stop();
  const second = await runUntilEnd(t, stage.client, stage.authorities);
  const image = await becomes(stage, VMImages, name, isReady);
  const golden = image?.status?.pvc ?? '';
  assert.deepEqual(importers, [`${golden}-1`]);
  return { golden, second };
}

async function goes(name: string, golden: string): Promise<void> {
  await remove(VMImages, name);
  await becomes(stage, VMImages, name, isGone);
  await unprotect(golden);
}

it('an operator that dies after any write leaves one import to its successor', async (t) => {
  const deaths = await deathsOf(stage.client, async (mortal, number) => {
    const name = `dies-${number}`;
    const { golden, second } = await dies(t, mortal, name);
    await goes(name, golden);
    await second.stop();
  });
  assert.ok(deaths >= 4, `it takes ${deaths} writes`);
});

/** Those at which the door is opened, and closed. */
const DOOR_WRITES = 12;

describe('an operator that dies with an upload', () => {
  for (let at = 2; at <= DOOR_WRITES; at += 1) {
    it(`after write ${at} leaves its token, and its successor closes the door`, async (t) => {
      const name = `uploaded-${at}`;
      const mortal = mortalClient(stage.client, { at, when: 'after' });
      const { golden } = await dies(t, mortal, name, { upload: {} });
      const door = `${golden}-upload`;
      await becomes(stage, Services, door, isGone);
      const { data, metadata } = await stage.client.get(Secrets, { namespace: stage.namespace, name: door });
      assert.match(Buffer.from(data?.['token'] ?? '', 'base64').toString(), /^[\w-]{43}$/);
      // The garbage collector's, which is not in this test.
      const [owner] = metadata.ownerReferences ?? [];
      assert.deepEqual([owner?.kind, owner?.name], ['Service', door]);
      await goes(name, golden);
    });
  }
});
