/**
 * Guarantee: a disk whose size is raised grows under its running guest, which sees it without a reboot; one of a class
 * that cannot grow stays as it is, and the VM says why. A disk goes from a running guest and comes back with what is on
 * it, and its claim is never deleted for it. A disk that is new to the VM comes to the running guest, too; nothing that was
 * written is lost when the pod that serves it is deleted, and the next start mounts it. None of it restarts the guest. A
 * protected VM is not deleted, and a disk that came to be kept outlives it. A guest whose volume is full stands still, says
 * why, and goes on with nothing lost when the volume has grown.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findCondition, type VirtualMachineManifest } from '@hypersdk/api';
import { documented, type } from './stage/documents.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { inVolume } from './stage/in-volume.ts';
import { tinyInstead } from './stage/instead.ts';
import { refused } from './stage/kubectl.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { operate } from './stage/power.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';

const root = { name: 'root', size: '256Mi' };

/** The README's, with a disk that cannot grow. */
const protectedVm = (instead: Record<string, string> = {}): VirtualMachineManifest =>
  documented('README', 'VirtualMachine/db', { 'fast-ssd': 'rigid', ...instead });
const grown = { 'size: 20Gi': 'size: 40Gi' };

const size = (disk: string, value: string): string =>
  `jsonpath={.status.disks[?(@.name=="${disk}")].size}=${value}`;
const diskReady = (reason: string): string =>
  `jsonpath={.status.conditions[?(@.type=="DiskReady")].reason}=${reason}`;

it('grows, takes and gives back the disks of a running guest', async (t) => {
  const scene = await openScene(t);
  await scene.apply(
    documented('README', 'VMTemplate/small-debian', tinyInstead()),
    protectedVm({ 'deletePolicy: Keep': 'deletePolicy: Delete' }),
  );
  await scene.waitFor('condition=Running', 'vm/db');
  await consoleLine(scene, 'db-1', /^READY/);
  await typeCommand(scene, 'db-1', 'write data kept');
  await consoleLine(scene, 'db-1', /^WROTE kept/);

  await type(scene, 'disks', `kubectl patch vm db --type=json --patch '[{"op": "replace"`);
  await type(scene, 'disks', "kubectl wait --for=jsonpath='{.status.disks[0].size}'");
  await scene.apply(protectedVm({ ...grown, '100Gi': '200Gi' }));
  await typeCommand(scene, 'db-1', 'disks');
  await consoleLine(scene, 'db-1', /^DISK root vda 83886080 SECTORS/);
  assert.match(await eventOf(scene, 'db', 'DiskGrown'), /root has grown from 20Gi to 40Gi/);
  assert.equal(
    await scene.k('get', 'pvc', 'db-root', '--output=jsonpath={.status.capacity.storage}'),
    '40Gi',
  );

  const shrink = JSON.stringify([{ op: 'replace', path: '/spec/disks/0/size', value: '1Gi' }]);
  const patch = ['--namespace', scene.namespace, 'patch', 'vm', 'db', '--type=json', '--patch', shrink];
  assert.match(await refused(patch), /spec\.disks\[0\]\.size.*cannot shrink/);
  await scene.waitFor(diskReady('ExpansionNotSupported'), 'vm/db');
  const { status } = await getVm(scene, 'db');
  assert.match(
    findCondition(status?.conditions, 'DiskReady')?.message ?? '',
    /StorageClass rigid of claim db-data/,
  );
  assert.equal(status?.disks?.find(({ name }) => name === 'data')?.size, '100Gi');
  assert.deepEqual([status.phase, status.restartAwaitingChanges], ['Running', []]);
  assert.ok(status.lastReconfigureTime);

  const whole = protectedVm(grown);
  const disks = whole.spec.disks?.filter(({ name }) => name === 'root');
  await scene.apply({ ...whole, spec: { ...whole.spec, disks } });
  assert.match(await eventOf(scene, 'db', 'DiskUnplugged'), /its claim db-data and its data stay/);
  await scene.waitFor(diskReady('DisksReady'), 'vm/db');
  await typeCommand(scene, 'db-1', 'disks');
  await scene.apply(whole);
  await scene.waitFor(size('data', '100Gi'), 'vm/db');
  await typeCommand(scene, 'db-1', 'read data');
  await consoleLine(scene, 'db-1', /^READ kept/);

  const { status: after } = await getVm(scene, 'db');
  assert.deepEqual([after?.podName, after?.rebootCount], ['db-1', undefined]);

  const denied = /db has deletionProtection: set spec.deletionProtection to false first/;
  assert.match(await refused(['--namespace', scene.namespace, 'delete', 'vm', 'db']), denied);
  await scene.apply(operationOn('db', 'delete'));
  await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmop/db-delete');
  assert.match((await getOperation(scene, 'db-delete')).status?.message ?? '', /set it to false first/);
  await scene.apply(protectedVm({ ...grown, 'deletionProtection: true': 'deletionProtection: false' }));
  const { metadata } = await getVm(scene, 'db');
  await scene.waitFor(`jsonpath={.status.observedGeneration}=${metadata.generation ?? 0}`, 'vm/db');
  await scene.k('delete', 'vm', 'db', '--timeout=60s');
  await scene.waitFor('delete', 'pvc/db-root');
  assert.match(await scene.k('get', 'pvc', '--output=name'), /db-data/);
});

it('gives a running guest a disk that its pod was made without', async (t) => {
  const scene = await openScene(t);
  const withDisks = (...disks: object[]) => tinyVm('db', { running: true, disks: disks as [typeof root] });
  await scene.apply(tinyTemplate(), withDisks(root));
  await scene.waitFor('condition=Running', 'vm/db');
  await consoleLine(scene, 'db-1', /^READY/);

  await type(scene, 'disks', `kubectl patch vm db --type=json --patch '[{"op": "add"`);
  await type(scene, 'disks', `kubectl wait --for=jsonpath='{.status.disks[?(@.name=="data")]`);
  await typeCommand(scene, 'db-1', 'write data first');
  await consoleLine(scene, 'db-1', /^WROTE first/);
  const { status } = await getVm(scene, 'db');
  assert.deepEqual([status?.podName, status?.restartAwaitingChanges], ['db-1', []]);

  const before = await uidOf(scene, 'pod/db-1.data');
  await scene.k('delete', 'pod', 'db-1.data', '--grace-period=1', '--wait=false');
  await typeCommand(scene, 'db-1', 'write data second');
  await consoleLine(scene, 'db-1', /^WROTE second/);
  assert.notEqual(await uidOf(scene, 'pod/db-1.data'), before);
  await typeCommand(scene, 'db-1', 'read data');
  await consoleLine(scene, 'db-1', /^READ second/);

  const larger = { name: 'data', size: '200Gi' };
  await scene.apply(withDisks(root, larger));
  await scene.waitFor(size('data', '200Gi'), 'vm/db');

  // A guest that stands still lets nothing go.
  await operate(scene, 'db', 'pause');
  await scene.apply(withDisks(root));
  await scene.waitFor(diskReady('UnplugRefused'), 'vm/db');
  await operate(scene, 'db', 'resume');
  await scene.waitFor('delete', 'pod/db-1.data');
  assert.match(await eventOf(scene, 'db', 'DiskUnplugged'), /its claim db-data and its data stay/);
  await scene.apply(withDisks(root, larger));
  await scene.waitFor(size('data', '200Gi'), 'vm/db');

  await scene.apply(operationOn('db', 'restart'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/db-restart');
  await scene.waitFor('condition=Running', 'vm/db');
  await consoleLine(scene, 'db-2', /^READY/);
  await typeCommand(scene, 'db-2', 'read data');
  await consoleLine(scene, 'db-2', /^READ second/);
  assert.doesNotMatch(await scene.k('get', 'pods', '--output=name'), /data/);
});

it('lets a guest whose shared volume was full go on, with all that it wrote, when that has grown', async (t) => {
  const scene = await openScene(t);
  const rootOf = (size: string) => ({
    ...{ name: 'root', size, storageClass: 'limited', accessMode: 'ReadWriteMany' as const },
    cloneMode: 'full' as const,
  });
  const vm = (size: string) => tinyVm('full', { running: true, disks: [rootOf(size)] });
  await scene.apply(tinyTemplate(), vm('76Mi'));
  await scene.waitFor('condition=Running', 'vm/full');
  assert.match(await scene.k('get', 'pvc', 'full-root', '--output=jsonpath={.spec.accessModes}'), /Many/);
  await consoleLine(scene, 'full-1', /^READY/);
  await typeCommand(scene, 'full-1', 'fill 30');
  await consoleLine(scene, 'full-1', /^FILLED 30/);
  // What a snapshot holds is not overwritten, so that the guest's volume has to hold more than its disk has.
  await scene.apply({
    ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot', metadata: { name: 'before' } },
    spec: { vmRef: { name: 'full' } },
  });
  await scene.waitFor('condition=Ready', 'vmsnap/before');
  await typeCommand(scene, 'full-1', 'fill 40');
  await scene.waitFor(diskReady('NoSpace'), 'vm/full');
  const { status } = await getVm(scene, 'full');
  assert.equal(status?.phase, 'Paused');
  assert.match(await eventOf(scene, 'full', 'NoSpace'), /Disk root cannot be written: its volume is full/);

  await scene.apply(vm('256Mi'));
  const [, sum = 'none'] =
    /^FILLED 40 SUM (\w+)/.exec(await consoleLine(scene, 'full-1', /^FILLED 40/)) ?? [];
  await scene.waitFor(diskReady('DisksReady'), 'vm/full');
  await typeCommand(scene, 'full-1', 'sum');
  await consoleLine(scene, 'full-1', new RegExp(`^SUM ${sum}`));
  await scene.apply(operationOn('full', 'stop'));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/full');
  const check = ['qemu-img', 'check', '/volume/disk.qcow2'];
  assert.match(await inVolume(scene, 'full-root', check), /No errors were found/);
});

const uidOf = (scene: Scene, object: string): Promise<string> =>
  scene.k('get', object, '--output=jsonpath={.metadata.uid}');
