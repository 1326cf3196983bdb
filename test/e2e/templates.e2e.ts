/**
 * Guarantee: a VM has from its template what it does not say itself, and shows it, also before it is started. A template that is given another image has it for
 * VMs to come; a VM that is made stays on its own, which goes with the last disk that stands on it.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VirtualMachine, VirtualMachineManifest } from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { documented, type } from './stage/documents.ts';
import { consoleLine } from './stage/guest-console.ts';
import { DEBIAN, tinyInstead } from './stage/instead.ts';
import { environment } from './stage/manifests.ts';
import { getTemplate, getVm, openScene, type Scene } from './stage/scene.ts';

interface Shown {
  readonly version: string;
  readonly image: string;
  readonly inherited: readonly { readonly field: string; readonly value?: string }[];
}

it('gives its VMs what they do not say, and leaves each on the image that it was made from', async (t) => {
  const scene = await openScene(t);
  const web = documented('templates', 'VirtualMachine/web');
  await scene.apply(documented('templates', 'VMTemplate/debian-13', tinyInstead()), web);
  await showsWithoutStart(scene, web);
  await scene.waitFor('condition=Running', 'vm/web');
  // By the template's user data it has a seed.
  await consoleLine(scene, 'web-1', /^HOSTNAME web$/);
  const first = await shownBy(scene);
  assert.deepEqual(
    first.inherited.map(({ field }) => field),
    ['cpus', 'disks', 'cloudInit.userData'],
  );
  const { status } = await getVm(scene, 'web');
  assert.deepEqual([status?.resources?.cpu, status?.resources?.memory], ['2', '4Gi']);
  assert.deepEqual([first.version, status?.disks?.[0]?.size], ['13.1', '10Gi']);

  const another = { [DEBIAN]: `${environment('IMAGE_SERVER_URL')}/tiny.vmdk`, "'13.1'": "'13.2'" };
  await scene.apply(documented('templates', 'VMTemplate/debian-13', another));
  await scene.apply({ ...web, metadata: { name: 'next' } });
  await scene.waitFor('jsonpath={.status.template.version}=13.2', 'vm/next');
  await scene.waitFor('condition=Running', 'vm/next');
  assert.notEqual((await getVm(scene, 'next')).status?.template?.image, first.image);
  assert.equal((await getTemplate(scene, 'debian-13')).status?.usageCount, 2);
  assert.deepEqual(await shownBy(scene), first);
  assert.match((await getVm(scene, 'web')).status?.disks?.[0]?.chain?.[1] ?? '', new RegExp(first.image));

  await scene.k('delete', 'vm', 'web', '--timeout=60s');
  await scene.waitFor('delete', `pvc/${first.image}`);
  await scene.waitFor('jsonpath={.status.usageCount}=1', 'vmt/debian-13');
});

async function showsWithoutStart(scene: Scene, { spec, ...web }: VirtualMachineManifest): Promise<void> {
  await scene.apply({ ...web, metadata: { name: 'draft' }, spec: { ...spec, running: false } });
  const draft = await becomes<VirtualMachine>(scene, 'vm/draft', (vm) => vm.status?.phase === 'Stopped');
  assert.deepEqual(
    draft.status?.template?.inherited?.map(({ field }) => field),
    ['cpus', 'disks', 'cloudInit.userData'],
  );
  await scene.k('delete', 'vm', 'draft');
}

const shownBy = async (scene: Scene): Promise<Shown> =>
  JSON.parse(await type(scene, 'templates', 'kubectl get vm web')) as Shown; // as the schema has it
