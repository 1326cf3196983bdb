/**
 * Guarantees: a template's usageCount is right whatever write its operator dies at; another image in a template is for VMs
 * to come, and what stands on the image before is kept for as long as it does.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, type VirtualMachine, type VMTemplate } from '@hypersdk/api';
import { PersistentVolumeClaims } from '@hypersdk/kube';
import { VMTemplates } from '../resources.ts';
import { mortalClient, type Death } from '../testing/mortal-client.ts';
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

async function createTemplate(name: string): Promise<void> {
  const manifest = {
    metadata: { name, namespace: stage.namespace },
    spec: { version: '1', image: image(name) },
  };
  await stage.client.create(VMTemplates, manifest as VMTemplate); // the server fills the rest in
}

async function createVm(name: string, template: string, running: boolean): Promise<void> {
  const disks = [{ name: 'root', size: '1Gi', cloneMode: 'linked' }];
  const spec = { cpus: 1, memory: '64Mi', running, disks, image: { templateRef: { name: template } } };
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

const deaths: Death[] = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((at) => [
  { at, when: 'before' as const },
  { at, when: 'after' as const },
]);

describe('an operator that dies', () => {
  for (const death of deaths) {
    it(`${death.when} write ${death.at} leaves a right usageCount to its successor`, async (t) => {
      const name = `counted-${death.when}-${death.at}`;
      const mortal = mortalClient(stage.client, death);
      const first = await runUntilEnd(t, mortal.client, stage.authorities);
      await createTemplate(name);
      await createVm(`${name}-a`, name, false);
      await createVm(`${name}-b`, name, false);
      const isCounted = (found: VMTemplate | undefined) =>
        found?.status?.usageCount === 2 && found.status.ready === true;
      await Promise.race([mortal.died, becomes(stage, VMTemplates, name, isCounted)]);
      await first.stop();
      await remove(VirtualMachines, `${name}-a`);
      await remove(VirtualMachines, `${name}-b`);
      await createVm(`${name}-c`, name, false);
      await runUntilEnd(t, stage.client, stage.authorities);
      await becomes(stage, VMTemplates, name, (found) => found?.status?.usageCount === 1);
      await remove(VirtualMachines, `${name}-c`);
      await becomes(stage, VMTemplates, name, (found) => found?.status?.usageCount === 0);
    });
  }
});
