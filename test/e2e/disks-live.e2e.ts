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
import { findCondition } from '@hypersdk/api';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { inVolume } from './stage/in-volume.ts';
import { refused } from './stage/kubectl.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';

const root = { name: 'root', size: '256Mi' };
const data = { name: 'data', size: '64Mi', storageClass: 'rigid' };
const size = (disk: string, value: string): string =>
  `jsonpath={.status.disks[?(@.name=="${disk}")].size}=${value}`;
const diskReady = (reason: string): string =>
  `jsonpath={.status.conditions[?(@.type=="DiskReady")].reason}=${reason}`;

it('grows, takes and gives back the disks of a running guest', async (t) => {
  const scene = await openScene(t);
  const withDisks = (...disks: object[]) =>
    tinyVm('live', { running: true, disks: disks as [typeof root], deletionProtection: true });
  await scene.apply(tinyTemplate(), withDisks(root, data));
  await scene.waitFor('condition=Running', 'vm/live');
  await consoleLine(scene, 'live-1', /^READY/);
  await typeCommand(scene, 'live-1', 'write data kept');
  await consoleLine(scene, 'live-1', /^WROTE kept/);

  await scene.apply(withDisks({ ...root, size: '512Mi' }, { ...data, size: '128Mi' }));
  await scene.waitFor(size('root', '512Mi'), 'vm/live');
  await typeCommand(scene, 'live-1', 'disks');
  await consoleLine(scene, 'live-1', /^DISK root vda 1048576 SECTORS/);
  assert.match(await eventOf(scene, 'live', 'DiskGrown'), /root has grown from 256Mi to 512Mi/);
  assert.equal(
    await scene.k('get', 'pvc', 'live-root', '--output=jsonpath={.status.capacity.storage}'),
    '512Mi',
  );

  await scene.waitFor(diskReady('ExpansionNotSupported'), 'vm/live');
  const { status } = await getVm(scene, 'live');
  assert.match(
    findCondition(status?.conditions, 'DiskReady')?.message ?? '',
    /StorageClass rigid of claim live-data/,
  );
  assert.equal(status?.disks?.find(({ name }) => name === 'data')?.size, '64Mi');
  assert.deepEqual([status.phase, status.restartAwaitingChanges], ['Running', []]);
  assert.ok(status.lastReconfigureTime);

  await scene.apply(withDisks({ ...root, size: '512Mi' }));
  assert.match(await eventOf(scene, 'live', 'DiskUnplugged'), /its claim live-data and its data are kept/);
  await scene.waitFor(diskReady('DisksReady'), 'vm/live');
  await typeCommand(scene, 'live-1', 'disks');
  await scene.apply(withDisks({ ...root, size: '512Mi' }, data));
  await scene.waitFor(size('data', '64Mi'), 'vm/live');
  await typeCommand(scene, 'live-1', 'read data');
  await consoleLine(scene, 'live-1', /^READ kept/);

  const { status: after } = await getVm(scene, 'live');
  assert.deepEqual([after?.podName, after?.rebootCount], ['live-1', undefined]);

  const denied = /live has deletionProtection: set spec.deletionProtection to false first/;
  assert.match(await refused(['--namespace', scene.namespace, 'delete', 'vm', 'live']), denied);
  await scene.apply(operationOn('live', 'delete'));
  await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmop/live-delete');
  assert.match((await getOperation(scene, 'live-delete')).status?.message ?? '', /set it to false first/);
  const last = {
    running: true,
    disks: [
      { ...root, size: '512Mi' },
      { ...data, deletePolicy: 'Keep' as const },
    ],
  };
  await scene.apply(tinyVm('live', last));
  const { metadata } = await getVm(scene, 'live');
  await scene.waitFor(`jsonpath={.status.observedGeneration}=${metadata.generation ?? 0}`, 'vm/live');
  await scene.k('delete', 'vm', 'live', '--timeout=60s');
  await scene.waitFor('delete', 'pvc/live-root');
  assert.match(await scene.k('get', 'pvc', '--output=name'), /live-data/);
});

it('gives a running guest a disk that its pod was made without', async (t) => {
  const scene = await openScene(t);
  const withDisks = (...disks: object[]) =>
    tinyVm('served', { running: true, disks: disks as [typeof root] });
  const extra = { name: 'extra', size: '64Mi' };
  await scene.apply(tinyTemplate(), withDisks(root));
  await scene.waitFor('condition=Running', 'vm/served');
  await consoleLine(scene, 'served-1', /^READY/);

  await scene.apply(withDisks(root, extra));
  await scene.waitFor(size('extra', '64Mi'), 'vm/served');
  await typeCommand(scene, 'served-1', 'write extra first');
  await consoleLine(scene, 'served-1', /^WROTE first/);
  const { status } = await getVm(scene, 'served');
  assert.deepEqual([status?.podName, status?.restartAwaitingChanges], ['served-1', []]);

  const before = await uidOf(scene, 'pod/served-1.extra');
  await scene.k('delete', 'pod', 'served-1.extra', '--grace-period=1', '--wait=false');
  await typeCommand(scene, 'served-1', 'write extra second');
  await consoleLine(scene, 'served-1', /^WROTE second/);
  assert.notEqual(await uidOf(scene, 'pod/served-1.extra'), before);
  await typeCommand(scene, 'served-1', 'read extra');
  await consoleLine(scene, 'served-1', /^READ second/);

  const larger = { ...extra, size: '128Mi' };
  await scene.apply(withDisks(root, larger));
  await scene.waitFor(size('extra', '128Mi'), 'vm/served');

  await scene.apply(withDisks(root));
  await scene.waitFor('delete', 'pod/served-1.extra');
  assert.match(
    await eventOf(scene, 'served', 'DiskUnplugged'),
    /its claim served-extra and its data are kept/,
  );
  await scene.apply(withDisks(root, larger));
  await scene.waitFor(size('extra', '128Mi'), 'vm/served');

  await scene.apply(operationOn('served', 'restart'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/served-restart');
  await scene.waitFor('condition=Running', 'vm/served');
  await consoleLine(scene, 'served-2', /^READY/);
  await typeCommand(scene, 'served-2', 'read extra');
  await consoleLine(scene, 'served-2', /^READ second/);
  assert.doesNotMatch(await scene.k('get', 'pods', '--output=name'), /extra/);
});

it('lets a guest whose shared volume was full go on, with all that it wrote, when that has grown', async (t) => {
  const scene = await openScene(t);
  const rootOf = (size: string) => ({
    ...{ name: 'root', size, storageClass: 'limited', accessMode: 'ReadWriteMany' as const },
    cloneMode: 'full' as const,
  });
  const vm = (size: string) => tinyVm('full', { running: true, disks: [rootOf(size)] });
  await scene.apply(tinyTemplate(), vm('64Mi'));
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
