/**
 * Guarantee: a VM is cloned while it runs, without a gap, and while it is off, by overlay, by copy or by its StorageClass, which
 * makes the volume of a full copy of an image, too; each clone, a clone's clone as well, boots with what the source had on its
 * disk and is another machine, unless it is to be the same. The source and its disks stay sound, and nothing takes away what a
 * clone stands on, nor a clone with the request for it. A clone in another namespace has the source's data, too, is made only
 * for who may make VMs there, and leaves nothing when it is called off. A linked clone is flattened while it runs and while it is
 * off; then it needs nothing of its source.
 */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { VirtualMachine, VMImage, VMOperation, VMOperationManifest } from '@hypersdk/api';
import { documented, type } from './stage/documents.ts';
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
  t.after(() => kubectl(['annotate', 'storageclass', 'cloning', 'hypersdk.io/clones-volumes-']));
  await type(scene, 'clones', 'kubectl annotate storageclass', { 'fast-ssd': 'cloning' });
  await scene.apply(tinyImage(), tinyVm('web', { ...cloning, cloudInit: { userData: '#cloud-config' } }));
  await scene.waitFor('condition=Running', 'vm/web');
  await consoleLine(scene, 'web-1', /^BOOTS 1$/);
  const { status: image } = await scene.get<VMImage>('vmimg', 'tiny');
  assert.equal(await dataSource(scene, 'web-root'), image?.pvc);

  await cloneLinked(scene);
  await cloneInFull(scene);
  await areOtherMachines(scene);
  await explainsItsChoice(scene);
  await cloneAClone(scene);
  await areTheirRequestsNoMore(scene);
  await flattenRunning(scene);

  await cloneOneThatIsOff(scene);
  await cloneAcross(t, scene);
  await keepsWhatCloneStandsOn(scene);
});

async function cloneLinked(scene: Scene): Promise<void> {
  await scene.apply(documented('clones', 'VMOperation/clone-web'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/clone-web', 240);
  const { spec } = await getVm(scene, 'web-test');
  assert.deepEqual([spec.disks?.[0]?.cloneMode, spec.running], ['linked', true]);
  assert.equal(spec.networks?.[0]?.ports?.[0]?.port, 8080);
  assert.match(
    await type(scene, 'clones', 'kubectl get vmop clone-web'),
    /{"reason":"no guest agent answers","value":false}/,
  );
}

async function cloneInFull(scene: Scene): Promise<void> {
  await scene.apply(documented('README', 'VMClone/web-staging', { 'linked: true': 'linked: false' }));
  for (const is of ['Ready', 'Cloning=false', 'Customizing=false'])
    await scene.waitFor(`condition=${is}`, 'vmclone/web-staging', 240);
  await countsOn(scene, 'web-1');
  assert.match((await getVm(scene, 'web-staging')).spec.cloudInit?.userData ?? '', /etc.staging/);
  const { status } = await getOperation(scene, 'web-staging');
  assert.equal(status?.result, 'web-staging');
  assert.equal(modeOf(status), 'full: asked for; copied, since the guest runs');
}

async function areOtherMachines(scene: Scene): Promise<void> {
  for (const [vm, hostname] of Object.entries({ 'web-test': 'tested', 'web-staging': 'staging' })) {
    const pod = await runningPod(scene, vm);
    await consoleLine(scene, pod, /^BOOTS 2$/);
    await consoleLine(scene, pod, new RegExp(`^HOSTNAME ${hostname}$`));
  }
  const all = await Promise.all(['web', 'web-test', 'web-staging'].map((name) => getVm(scene, name)));
  const different = all.map(identity)[0]?.map((_, at) => new Set(all.map((one) => identity(one)[at])).size);
  assert.deepEqual(different, [3, 3, 3]);
}

async function cloneAClone(scene: Scene): Promise<void> {
  await clone(scene, 'web-test', { targetName: 'chained', linkedClone: true, startAfterClone: true });
  await consoleLine(scene, await runningPod(scene, 'chained'), /^BOOTS 3$/);
  await scene.k('delete', 'vm', 'chained', '--timeout=60s');
}

async function areTheirRequestsNoMore(scene: Scene): Promise<void> {
  await scene.k('delete', 'vmclone/web-staging', 'vmop/clone-web', '--timeout=60s');
  await scene.waitFor('delete', 'vmop/web-staging');
  for (const pod of ['web-test-1', 'web-staging-1']) await countsOn(scene, pod);
}

async function flattenRunning(scene: Scene): Promise<void> {
  await scene.waitFor('condition=InUse', 'vm/web');
  await scene.apply(documented('clones', 'VMOperation/flatten-web-test'));
  await type(scene, 'clones', "kubectl wait --for=jsonpath='{.status.phase}'=Succeeded vmop/flatten");
  assert.equal(await type(scene, 'clones', 'kubectl get vmop flatten-web-test'), '100');
  await countsOn(scene, 'web-test-1');
  assert.equal((await getVm(scene, 'web-test')).status?.disks?.[0]?.chain?.length, 1);
  await scene.waitFor('condition=InUse=false', 'vm/web');
  await scene.k('delete', 'vm', 'web-test', 'web-staging');
}

/** Linked, and by the class of its disk; the latter is to be the same machine. */
async function cloneOneThatIsOff(scene: Scene): Promise<void> {
  await scene.apply(operationOn('web', 'stop'));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/web');
  await clone(scene, 'web', { targetName: 'second', linkedClone: true });
  const kept = { targetName: 'volume', mode: 'full', startAfterClone: true, identity: 'keep' } as const;
  await clone(scene, 'web', kept);
  await scene.apply(operationOn('web', 'start'));
  await scene.waitFor('jsonpath={.status.podName}=web-2', 'vm/web');
  await consoleLine(scene, await runningPod(scene, 'web'), /^BOOTS 2$/);
  await assertSoundLayers(scene, 'web-2', 2);

  await consoleLine(scene, await runningPod(scene, 'volume'), /^BOOTS 2$/);
  assert.deepEqual(identity(await getVm(scene, 'volume')), identity(await getVm(scene, 'web')));
  assert.equal(await dataSource(scene, 'volume-root'), 'web-root');
  const { status } = await getOperation(scene, 'make-volume');
  assert.equal(modeOf(status), 'full: asked for; its StorageClass clones the volume');
}

async function keepsWhatCloneStandsOn(scene: Scene): Promise<void> {
  await scene.waitFor('condition=InUse', 'vm/web');
  const deletion = ['--namespace', scene.namespace, 'delete', 'vm', 'web'];
  assert.match(await refused(deletion), /Linked clones stand on its disks: second: delete those first/);
  // As if nothing had refused it: what the clone stands on is the clone's, too.
  await kubectl([...deletion, ...asGarbageCollector]);
  await scene.apply(documented('README', 'VMOperation/flatten-web-staging', { 'web-staging': 'second' }));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/flatten-second', 240);
  await scene.waitFor('delete', 'pvc/web-root');
  await scene.apply(operationOn('second', 'start'));
  await consoleLine(scene, await runningPod(scene, 'second'), /^BOOTS 2$/);
}

/** Of an operation that leaves the mode to it. */
async function explainsItsChoice(scene: Scene): Promise<void> {
  const { spec, ...operation } = operationOn('web', 'clone');
  const cloneSpec = { targetName: 'any' };
  await scene.apply({ ...operation, spec: { ...spec, cloneSpec, dryRun: true } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/web-clone');
  const { status } = await getOperation(scene, 'web-clone');
  assert.match(modeOf(status) ?? '', /^full: claim web-root is ReadWriteOnce, which would tie the clone/);
}

const dataSource = (scene: Scene, claim: string): Promise<string> =>
  scene.k('get', 'pvc', claim, '--output', 'jsonpath={.spec.dataSource.name}');

/** Of the guest that runs and has booted twice. */
async function cloneAcross(t: TestContext, scene: Scene): Promise<void> {
  const other = await openScene(t);
  const there = { 'targetNamespace: staging': `targetNamespace: ${other.namespace}` };
  const manifest = documented('clones', 'VMOperation/clone-web-to-staging', there);
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
  assert.equal(await type(scene, 'clones', 'kubectl auth can-i', { staging: other.namespace }), 'yes');
  await leavesNothing(scene, other, manifest);
  await scene.apply(manifest);
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/clone-web-to-staging', 240);
  await consoleLine(other, await runningPod(other, 'web'), /^BOOTS 3$/);
  const made = await getVm(other, 'web');
  assert.deepEqual([made.metadata.ownerReferences, made.spec.disks?.[0]?.cloneMode], [undefined, 'full']);
  await scene.waitFor('delete', 'pod/clone-web-to-staging-source');
}

/** Where its operation is deleted while it is made. */
async function leavesNothing(scene: Scene, other: Scene, manifest: VMOperationManifest): Promise<void> {
  await other.k('create', 'quota', 'no-pods', '--hard=pods=0');
  await scene.apply(manifest);
  await other.waitFor('create', 'vm/web');
  await scene.k('delete', 'vmop', 'clone-web-to-staging', '--timeout=60s');
  await other.waitFor('delete', 'vm/web');
  await other.k('wait', '--for=delete', 'pvc,secrets', '--all', '--timeout=60s');
  await other.k('delete', 'quota', 'no-pods');
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
