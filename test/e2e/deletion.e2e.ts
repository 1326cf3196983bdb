/**
 * Guarantee: deleting a VM powers the guest down and leaves nothing of it; what it was given, what it has given to another,
 * and what others stand on, is not deleted with it, and a disk that is kept can be used again. From its creation to its end a VM costs the API server seven writes by the operator.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { auditedRequests } from './stage/audit-log.ts';
import { becomes } from './stage/becomes.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { refused } from './stage/kubectl.ts';
import { tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getTemplate, openScene, type Scene } from './stage/scene.ts';

/** Only a start that takes long says how far it is: once in ten seconds. */
async function costsSevenWrites(instance: string, { namespace }: Scene, vm: string): Promise<void> {
  const all = await auditedRequests({ instance, namespace, userAgent: 'hypersdk-operator' });
  const requests = all.filter(
    ({ name }) => name === vm || name.startsWith(`${vm}-`) || name.startsWith(`${vm}.`),
  );
  const said = requests.map(({ verb, resource }) => `${verb} ${resource}`);
  const status = 'update virtualmachines/status';
  assert.deepEqual(said.filter((request) => request !== status).sort(), [
    'create events',
    'create persistentvolumeclaims',
    'create poddisruptionbudgets',
    'create pods',
    'create secrets',
  ]);
  const start = (requests.at(-1)?.time ?? 0) - (requests[0]?.time ?? 0);
  const statuses = said.filter((request) => request === status).length;
  assert.ok(statuses <= 2 + Math.floor(start / 10_000), `${statuses} writes of status in ${start} ms`);
}

const withKept = (name: string) => {
  const manifest = tinyVm(name, { disks: [{ name: 'root', source: { pvc: { name: 'keeps-root' } } }] });
  return { ...manifest, spec: { ...manifest.spec, image: undefined } };
};

async function imageClaim(scene: Scene): Promise<string> {
  return (await getTemplate(scene, 'tiny')).status?.pvc ?? '';
}

describe('deletion', () => {
  it('of a running VM powers it down and leaves nothing', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('leaves'));
    await scene.waitFor('condition=Running', 'vm/leaves');
    await consoleLine(scene, 'leaves-1', /BOOTS/);
    const goodbye = consoleLine(scene, 'leaves-1', /GUEST-DOWN/);
    await scene.k('delete', 'vm', 'leaves', '--cascade=foreground', '--timeout=60s');
    await goodbye;
    // In the foreground, its pod is gone before it is.
    assert.equal(await scene.k('get', 'pods', '--selector', 'vm=leaves', '--output', 'name'), '');
    await scene.waitFor('delete', 'pvc/leaves-root');
    const left = await scene.k('get', 'pods,pvc,secrets', '--output', 'name');
    assert.match(left, /^persistentvolumeclaim\/image-\w+$/);
  });

  it('keeps a disk whose policy is Keep, which another VM takes over with all that is in it', async (t) => {
    const scene = await openScene(t);
    const disks = [{ name: 'root', size: '256Mi', deletePolicy: 'Keep' as const }];
    await scene.apply(tinyTemplate());
    await scene.waitFor('condition=Ready', 'vmt/tiny');
    await scene.apply(tinyVm('keeps', { disks }));
    await scene.waitFor('condition=Running', 'vm/keeps');
    await consoleLine(scene, 'keeps-1', /BOOTS/);
    const goodbye = consoleLine(scene, 'keeps-1', /GUEST-DOWN/);
    await scene.k('delete', 'vm', 'keeps', '--timeout=60s');
    await goodbye;
    await scene.waitFor('delete', 'pod/keeps-1');
    assert.match(await scene.k('get', 'pvc', '--output', 'name'), /keeps-root/);
    const instance = process.env['HYPERSDK_INSTANCE'];
    if (instance === undefined) t.diagnostic('The audit log of this cluster is not ours to read');
    else await costsSevenWrites(instance, scene, 'keeps');

    assert.match(
      await refused(['delete', 'pvc', await imageClaim(scene), '--namespace', scene.namespace]),
      /holds an image that disks may stand on/,
    );
    await scene.apply(withKept('heir'));
    await scene.waitFor('condition=Running', 'vm/heir');
    await consoleLine(scene, 'heir-1', /^BOOTS 2/);
  });

  it('keeps a disk that has come to another VM', async (t) => {
    const scene = await openScene(t);
    const disks = [{ name: 'root', size: '256Mi' }];
    const data = { name: 'data', size: '64Mi' };
    await scene.apply(tinyTemplate(), tinyVm('former', { disks: [...disks, data] }));
    await scene.waitFor('condition=Running', 'vm/former');
    await consoleLine(scene, 'former-1', /^READY/);
    await typeCommand(scene, 'former-1', 'write data moved');
    await consoleLine(scene, 'former-1', /^WROTE moved/);
    await scene.apply(tinyVm('former', { disks }));
    await becomes<VirtualMachine>(scene, 'vm/former', ({ status }) => status?.disks?.length === 1);

    await scene.apply(
      tinyVm('next', { disks: [...disks, { name: 'data', source: { pvc: { name: 'former-data' } } }] }),
    );
    await scene.waitFor('condition=Running', 'vm/next');
    await becomes<PersistentVolumeClaim>(
      scene,
      'pvc/former-data',
      ({ metadata }) => !metadata.ownerReferences?.length,
    );
    await scene.k('delete', 'vm', 'former', '--cascade=foreground', '--timeout=170s');
    await scene.waitFor('delete', 'pvc/former-root');
    assert.equal(
      (await scene.get<PersistentVolumeClaim>('pvc', 'former-data')).metadata.deletionTimestamp,
      undefined,
    );
    await consoleLine(scene, 'next-1', /^READY/);
    await typeCommand(scene, 'next-1', 'read data');
    await consoleLine(scene, 'next-1', /^READ moved/);
  });

  it('of a template waits for the disks that stand on it', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('stands'));
    await scene.waitFor('condition=Running', 'vm/stands');
    const pvc = await imageClaim(scene);
    await scene.k('delete', 'vmt', 'tiny', '--wait=false');
    await scene.waitFor('condition=Stalled', 'vmt/tiny');
    const stalled = (await getTemplate(scene, 'tiny')).status?.conditions?.find(
      ({ type }) => type === 'Stalled',
    );
    assert.match(stalled?.message ?? '', /stands/);
    await scene.k('delete', 'vm', 'stands', '--timeout=60s');
    await scene.waitFor('delete', 'vmt/tiny');
    await scene.waitFor('delete', `pvc/${pvc}`);
  });
});
