/**
 * Guarantee: a VM is cloned while it runs, without a gap, and while it is off, by overlay, by copy or by its StorageClass, which makes
 * the volume of a full copy of an image, too;
 * each clone boots with what the source had on its disk and is another machine; the source and its disks stay sound, and
 * nothing takes away what a clone stands on, nor a clone with the request for it. A clone in another namespace has the
 * source's data, too, and is made only for who may make VMs there. A linked clone is flattened while it runs and while it
 * is off; then it needs nothing of its source.
 */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type {
  VirtualMachine,
  VMCloneManifest,
  VMImage,
  VMOperation,
  VMOperationManifest,
} from '@hypersdk/api';
import { consoleLine } from './stage/guest-console.ts';
import { kubectl, refused } from './stage/kubectl.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';
import { countsOn } from './stage/ticks.ts';

type CloneSpec = NonNullable<VMOperationManifest['spec']['cloneSpec']>;

async function clone(scene: Scene, vm: string, cloneSpec: CloneSpec): Promise<VirtualMachine> {
  const { targetName } = cloneSpec;
  const operation = operationOn(vm, 'clone');
  const name = `make-${targetName}`;
  await scene.apply({ ...operation, metadata: { name }, spec: { ...operation.spec, cloneSpec } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${name}`, 240);
  return getVm(scene, targetName);
}

const asGarbageCollector = [
  '--as=system:serviceaccount:kube-system:generic-garbage-collector',
  '--as-group=system:masters',
];

/** A disk that stands alone, of a class that clones volumes. */
const cloning = {
  image: undefined,
  disks: [
    {
      ...{ name: 'root', size: '256Mi', storageClass: 'cloning', cloneMode: 'full' as const },
      ...{ bootOrder: 1, source: { image: { name: 'tiny' } } },
    },
  ],
};

/** In the same class. */
const tinyImage = () => ({
  ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name: 'tiny' } },
  spec: { ...tinyTemplate().spec.image, storageClass: 'cloning' },
});

const fullClone: VMCloneManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMClone',
  metadata: { name: 'make-full' },
  spec: {
    ...{ sourceRef: { name: 'source' }, target: { name: 'full' } },
    customization: { hostname: 'other' },
  },
};

/** How its disk comes about, among all that was looked at before. */
const modeOf = (status: VMOperation['status']): string | undefined =>
  status?.preflight?.find(({ check }) => check === 'mode of disk root')?.reason;

/** What tells one machine from another. */
const identity = ({ status }: VirtualMachine): unknown[] => [
  status?.uuid,
  status?.hostname,
  status?.networks?.[0]?.macAddress,
];

it('clones a VM that runs and one that is off, linked and full, keeps what a clone stands on, and flattens clones', async (t) => {
  const scene = await openScene(t);
  await scene.apply(tinyImage(), tinyVm('source', { ...cloning, cloudInit: { userData: '#cloud-config' } }));
  await scene.waitFor('condition=Running', 'vm/source');
  await consoleLine(scene, 'source-1', /^BOOTS 1$/);
  const { status: image } = await scene.get<VMImage>('vmimg', 'tiny');
  assert.equal(await dataSource(scene, 'source-root'), image?.pvc);
  const live = { targetName: 'linked', linkedClone: true, startAfterClone: true };
  const linked = await clone(scene, 'source', live);
  await scene.apply(fullClone);
  await scene.waitFor('condition=Ready', 'vmclone/make-full', 240);
  await countsOn(scene, 'source-1');
  assert.deepEqual(
    [linked.spec.disks?.[0]?.cloneMode, linked.spec.running, (await getVm(scene, 'full')).spec.running],
    ['linked', true, false],
  );
  const { status: told } = await getOperation(scene, 'make-full');
  assert.equal(told?.result, 'full');
  assert.equal(modeOf(told), 'full: asked for; copied, since the guest runs');
  assert.deepEqual(told.quiesced, { value: false, reason: 'no guest agent answers' });

  await scene.apply(operationOn('full', 'start'));
  await scene.waitFor('condition=Running', 'vm/linked');
  await consoleLine(scene, 'linked-1', /^BOOTS 2$/);
  await consoleLine(scene, 'linked-1', /^HOSTNAME linked$/);
  await consoleLine(scene, await runningPod(scene, 'full'), /^BOOTS 2$/);
  await consoleLine(scene, 'full-1', /^HOSTNAME other$/);
  const all = [await getVm(scene, 'source'), await getVm(scene, 'linked'), await getVm(scene, 'full')];
  const different = all.map(identity)[0]?.map((_, at) => new Set(all.map((one) => identity(one)[at])).size);
  assert.deepEqual(different, [3, 3, 3]);

  await scene.k('delete', 'vmclone/make-full', 'vmop/make-linked', '--timeout=60s');
  await scene.waitFor('delete', 'vmop/make-full');
  for (const pod of ['linked-1', 'full-1']) await countsOn(scene, pod);

  await scene.waitFor('condition=InUse', 'vm/source');
  await flatten(scene, 'linked');
  await countsOn(scene, 'linked-1');
  assert.equal((await getVm(scene, 'linked')).status?.disks?.[0]?.chain?.length, 1);
  await scene.waitFor('condition=InUse=false', 'vm/source');
  await scene.k('delete', 'vm', 'linked', 'full');

  await scene.apply(operationOn('source', 'stop'));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/source');
  await clone(scene, 'source', { targetName: 'second', linkedClone: true });
  await clone(scene, 'source', { targetName: 'volume', mode: 'full', startAfterClone: true });
  await scene.apply(operationOn('source', 'start'));
  await scene.waitFor('jsonpath={.status.podName}=source-2', 'vm/source');
  await consoleLine(scene, await runningPod(scene, 'source'), /^BOOTS 2$/);
  await assertSoundLayers(scene, 'source-2', 2);

  await consoleLine(scene, await runningPod(scene, 'volume'), /^BOOTS 2$/);
  assert.equal(await dataSource(scene, 'volume-root'), 'source-root');
  const { status: byClass } = await getOperation(scene, 'make-volume');
  assert.equal(modeOf(byClass), 'full: asked for; its StorageClass clones the volume');
  await cloneAcross(t, scene);

  await scene.waitFor('condition=InUse', 'vm/source');
  const deletion = ['--namespace', scene.namespace, 'delete', 'vm', 'source'];
  assert.match(await refused(deletion), /Linked clones stand on its disks: second: delete those first/);
  // As if nothing had refused it: what the clone stands on is the clone's, too.
  await kubectl([...deletion, ...asGarbageCollector]);
  await flatten(scene, 'second');
  await scene.waitFor('delete', 'pvc/source-root');
  await scene.apply(operationOn('second', 'start'));
  await consoleLine(scene, await runningPod(scene, 'second'), /^BOOTS 2$/);
});

const dataSource = (scene: Scene, claim: string): Promise<string> =>
  scene.k('get', 'pvc', claim, '--output', 'jsonpath={.spec.dataSource.name}');

/** Of the guest that runs and has booted twice. */
async function cloneAcross(t: TestContext, scene: Scene): Promise<void> {
  const other = await openScene(t);
  const operation = operationOn('source', 'clone');
  const cloneSpec = { targetName: 'source', targetNamespace: other.namespace, startAfterClone: true };
  const manifest = { ...operation, metadata: { name: 'across' }, spec: { ...operation.spec, cloneSpec } };
  await scene.k('create', 'serviceaccount', 'tenant');
  await scene.k(
    'create',
    'rolebinding',
    'tenant',
    '--clusterrole=admin',
    `--serviceaccount=${scene.namespace}:tenant`,
  );
  const asTenant = ['--namespace', scene.namespace, `--as=system:serviceaccount:${scene.namespace}:tenant`];
  const said = await refused([...asTenant, 'create', '--filename', '-'], { input: JSON.stringify(manifest) });
  assert.match(said, /takes the right to create virtualmachines.hypersdk.io there/);
  await scene.apply(manifest);
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/across', 240);
  await consoleLine(other, await runningPod(other, 'source'), /^BOOTS 3$/);
  const made = await getVm(other, 'source');
  assert.deepEqual([made.metadata.ownerReferences, made.spec.disks?.[0]?.cloneMode], [undefined, 'full']);
  await scene.waitFor('delete', 'pod/across-source');
}

async function flatten(scene: Scene, vm: string): Promise<void> {
  await scene.apply(operationOn(vm, 'flatten'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-flatten`, 240);
}

/** Each clone of a guest that ran, or had written since, left one; nobody writes them any more. */
async function assertSoundLayers(scene: Scene, pod: string, least: number): Promise<void> {
  const script =
    'ls /volumes/root/layer-*.qcow2 && for f in /volumes/root/layer-*.qcow2; do qemu-img check -q -U $f || exit 1; done';
  const layers = await scene.k('exec', pod, '--container', 'launcher', '--', 'sh', '-c', script);
  assert.ok(layers.trim().split('\n').length >= least, layers);
}

async function runningPod(scene: Scene, name: string): Promise<string> {
  await scene.waitFor('condition=Running', `vm/${name}`);
  return (await getVm(scene, name)).status?.podName ?? '';
}
