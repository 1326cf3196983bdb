/**
 * Guarantees: a template's usageCount is right whatever write its operator dies at; another image in a template is for VMs
 * to come, and what stands on the image before is kept for as long as it does. One may have the image of a VMImage, an
 * uploaded one too; and its VMs wake when what its disks are made of comes to be.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  findCondition,
  isConditionTrue,
  type VirtualMachine,
  type VMImage,
  type VMSnapshot,
  type VMTemplate,
} from '@hypersdk/api';
import { PersistentVolumeClaims } from '@hypersdk/kube';
import { VMImages, VMSnapshots, VMTemplates } from '../resources.ts';
import { deathsOf } from '../testing/deaths.ts';
import { runUntilEnd } from '../testing/operator-under-test.ts';
import { pretendWorkers } from '../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, type Stage } from '../testing/stage.ts';

let stage: Stage;
const stopping = new AbortController();
before(async () => {
  stage = await openStage('127.0.118');
  await pretendWorkers(stage, stopping.signal);
});
after(async () => {
  stopping.abort();
  await stage.close();
});

const image = (file: string) => ({ source: { http: { url: `http://images.example.org/${file}.qcow2` } } });

async function createTemplate(name: string, more: object = {}): Promise<void> {
  const manifest = {
    metadata: { name, namespace: stage.namespace },
    spec: { version: '1', image: image(name), ...more },
  };
  await stage.client.create(VMTemplates, manifest as VMTemplate); // the server fills the rest in
}

const linked: readonly object[] = [{ name: 'root', size: '1Gi', cloneMode: 'linked' }];

async function createVm(
  name: string,
  template: string,
  running: boolean,
  disks: readonly object[] = linked,
): Promise<void> {
  const own = disks.length > 0 ? { disks } : {};
  const spec = { cpus: 1, memory: '64Mi', running, ...own, image: { templateRef: { name: template } } };
  const manifest = { metadata: { name, namespace: stage.namespace }, spec };
  await stage.client.create(VirtualMachines, manifest as VirtualMachine); // the server fills the rest in
}

const remove = (resource: typeof VMTemplates | typeof VirtualMachines, name: string): Promise<void> =>
  stage.client.delete(resource, { namespace: stage.namespace, name });
const isRunning = (vm: VirtualMachine | undefined): boolean =>
  isConditionTrue(vm?.status?.conditions, 'Running');

/** Nobody else takes the protection away that the API server gives to each claim. */
async function goes(claim: string): Promise<void> {
  const key = { namespace: stage.namespace, name: claim };
  await becomes(stage, PersistentVolumeClaims, claim, (found) => !!found?.metadata.deletionTimestamp);
  await stage.client.mergePatch(PersistentVolumeClaims, key, { metadata: { finalizers: [] } });
}

describe('a template that is given another image', () => {
  it('has it for VMs to come, and keeps the one before under the disks that stand on it', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    await createTemplate('moves');
    await createVm('old', 'moves', true);
    const { status: old } = (await becomes(stage, VirtualMachines, 'old', isRunning))!;
    const { pvc: first = '' } = (await becomes(
      stage,
      VMTemplates,
      'moves',
      (found) => !!found?.status?.ready,
    ))!.status!;

    const key = { namespace: stage.namespace, name: 'moves' };
    await stage.client.mergePatch(VMTemplates, key, { spec: { version: '2', image: image('second') } });
    const isMoved = (found: VMTemplate | undefined) => !!found?.status?.ready && found.status.pvc !== first;
    const moved = await becomes(stage, VMTemplates, 'moves', isMoved);
    await createVm('new', 'moves', true);
    const { status: young } = (await becomes(stage, VirtualMachines, 'new', isRunning))!;
    assert.deepEqual([old?.template?.version, old?.template?.image], ['1', first]);
    assert.deepEqual([young?.template?.version, young?.template?.image], ['2', moved?.status?.pvc]);

    const oldVm = { namespace: stage.namespace, name: 'old' };
    await stage.client.mergePatch(VirtualMachines, oldVm, { spec: { running: false } });
    await becomes(stage, VirtualMachines, 'old', (vm) => vm?.status?.phase === 'Stopped');
    await stage.client.mergePatch(VirtualMachines, oldVm, { spec: { running: true } });
    const again = await becomes(
      stage,
      VirtualMachines,
      'old',
      (vm) => isRunning(vm) && vm?.status?.epoch === 2,
    );
    assert.deepEqual(again?.status?.template, old?.template);

    const golden = await stage.client.get(PersistentVolumeClaims, {
      namespace: stage.namespace,
      name: first,
    });
    assert.equal(golden.metadata.deletionTimestamp, undefined);
    await remove(VirtualMachines, 'old');
    await goes(first);
  });
});

describe('a template that names a VMImage', () => {
  it('has its image, once that was uploaded, and lends it to its VMs', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    await createTemplate('sent', { image: { source: { image: { name: 'upload' } } } });
    await createVm('of-upload', 'sent', true);
    await becomes(stage, VirtualMachines, 'of-upload', (vm) =>
      /VMImage upload does not exist/.test(findCondition(vm?.status?.conditions, 'Ready')?.message ?? ''),
    );
    const vmImage = {
      metadata: { name: 'upload', namespace: stage.namespace },
      spec: { source: { upload: {} } },
    };
    await stage.client.create(VMImages, vmImage as VMImage); // the server fills the rest in
    const template = await becomes(stage, VMTemplates, 'sent', (found) => found?.status?.ready === true);
    const vm = await becomes(stage, VirtualMachines, 'of-upload', isRunning);
    const uploaded = await becomes(stage, VMImages, 'upload', (found) => found?.status?.usageCount === 1);
    const { pvc = '' } = uploaded?.status ?? {};
    assert.deepEqual([template?.status?.pvc, vm?.status?.template?.image], [pvc, pvc]);

    await stage.client.delete(VMImages, vmImage.metadata);
    await becomes(stage, VMImages, 'upload', (found) =>
      isConditionTrue(found?.status?.conditions, 'Stalled'),
    );
    await becomes(stage, VMTemplates, 'sent', (found) => found?.status?.ready === false);
    await remove(VirtualMachines, 'of-upload');
    await goes(pvc);
    await becomes(stage, VMImages, 'upload', (found) => found === undefined);
  });
});

describe("a VM whose disks are its template's", () => {
  const snapshot = { metadata: { name: 'kept' }, spec: { vmRef: { name: 'nobody' } } };
  const claim = {
    metadata: { name: 'kept' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const rows = [
    {
      source: { snapshot: { name: 'kept' } },
      create: (namespace: string) =>
        // The server fills the rest in.
        stage.client.create(VMSnapshots, {
          ...snapshot,
          metadata: { name: 'kept', namespace },
        } as VMSnapshot),
    },
    {
      source: { pvc: { name: 'kept' } },
      create: (namespace: string) =>
        stage.client.create(PersistentVolumeClaims, { ...claim, metadata: { name: 'kept', namespace } }),
    },
  ];
  for (const { source, create } of rows) {
    const [kind = ''] = Object.keys(source);
    it(`wakes when the ${kind} that one is made of comes to be`, async (t) => {
      await runUntilEnd(t, stage.client, stage.authorities);
      const disks = [
        { name: 'root', size: '1Gi' },
        { name: 'data', size: '1Gi', source },
      ];
      await createTemplate(`of-${kind}`, { defaultSpec: { disks } });
      await createVm(`of-${kind}`, `of-${kind}`, true, []);
      const told = (vm: VirtualMachine | undefined) =>
        findCondition(vm?.status?.conditions, 'Ready')?.message;
      const isMissing = (vm: VirtualMachine | undefined) => /kept does not exist/.test(told(vm) ?? '');
      await becomes(stage, VirtualMachines, `of-${kind}`, isMissing);
      await create(stage.namespace);
      await becomes(stage, VirtualMachines, `of-${kind}`, (vm) => !isMissing(vm));
    });
  }
});

/** What may wait to be told is told at once: each life would wait for it twice. */
const impatient = { passingNews: { wait: () => undefined, forget: () => undefined } };

it('an operator that dies after any write leaves a right usageCount to its successor', async (t) => {
  const isUsed = (name: string, times: number): Promise<unknown> =>
    becomes(
      stage,
      VMTemplates,
      name,
      (found) => found?.status?.usageCount === times && found.status.ready === true,
    );
  const deaths = await deathsOf(stage.client, async (mortal, number) => {
    const name = `counted-${number}`;
    const first = await runUntilEnd(t, mortal.client, stage.authorities, impatient);
    await createTemplate(name);
    await createVm(`${name}-a`, name, false);
    await createVm(`${name}-b`, name, false);
    await Promise.race([mortal.died, isUsed(name, 2)]);
    await first.stop();
    await remove(VirtualMachines, `${name}-a`);
    await remove(VirtualMachines, `${name}-b`);
    await createVm(`${name}-c`, name, false);
    const second = await runUntilEnd(t, stage.client, stage.authorities, impatient);
    await isUsed(name, 1);
    await remove(VirtualMachines, `${name}-c`);
    await isUsed(name, 0);
    await second.stop();
  });
  assert.ok(deaths >= 8, `it takes ${deaths} writes`);
});
