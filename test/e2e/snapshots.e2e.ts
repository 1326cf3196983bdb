/**
 * Guarantee: snapshots of a running guest hold all its disks as they were at one instant; deleting one of them, while
 * the guest runs on, takes nothing from the others; going back to one powers the guest off, gives it the disks that the
 * snapshot holds and starts it again, and whatever was written since is gone. revertToRef does the same, once. A new VM's
 * disks are made of what a snapshot holds. A schedule takes the one that it missed, and snapshots outlive their VM unless
 * they are to go with it.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type {
  VMOperationManifest,
  VMSnapshot,
  VMSnapshotManifest,
  VMSnapshotSchedule,
  VMSnapshotScheduleManifest,
} from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

const disks = [
  { name: 'root', size: '256Mi' },
  { name: 'data', size: '64Mi' },
];

/** As large as they were. */
const copiedDisks = disks.map(({ name }) => ({ name, source: { snapshot: { name: 's1' } } }));

const snapshot = (name: string): VMSnapshotManifest => ({
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name },
  spec: {
    vmRef: { name: 'kept' },
    quiesce: true,
    description: 'Before OS upgrade',
    retention: { keepDays: 30, autoDelete: true },
  },
});

/** In the words of those who come from elsewhere. */
const backup: VMSnapshotManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'pre-maintenance-backup' },
  spec: {
    vmRef: { name: 'kept' },
    nameHint: 'maintenance-backup',
    memory: true,
    description: 'Backup before maintenance',
    retentionPolicy: { maxAge: '7d', deleteOnVMDelete: true },
  },
};

const nightly: VMSnapshotScheduleManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshotSchedule',
  metadata: { name: 'nightly' },
  spec: { vmRef: { name: 'kept' }, schedule: '0 3 * * *', timeZone: 'Europe/Berlin', keep: 2 },
};
const DAY_MS = 86_400_000;

const restoreTo = (name: string): VMOperationManifest => {
  const operation = operationOn('kept', 'restore');
  return { ...operation, spec: { ...operation.spec, restoreSpec: { snapshotRef: { name } } } };
};

async function write(scene: Scene, pod: string, word: string): Promise<void> {
  await typeCommand(scene, pod, `write data ${word}`);
  await consoleLine(scene, pod, new RegExp(`^WROTE ${word}`));
}

/** In the next pod, what the disk held at the snapshot, and nothing of later. */
async function reads(scene: Scene, pod: string, word: string): Promise<void> {
  await scene.waitFor(`jsonpath={.status.podName}=${pod}`, 'vm/kept');
  await scene.waitFor('condition=Running', 'vm/kept');
  await consoleLine(scene, pod, /^READY/);
  await typeCommand(scene, pod, 'read data');
  assert.match(await consoleLine(scene, pod, /^READ /), new RegExp(`^READ ${word}`));
}

it('keeps, drops and gives back what the disks of a running guest held', async (t) => {
  const scene = await openScene(t);
  await scene.apply(tinyTemplate(), tinyVm('kept', { running: true, disks }));
  await scene.waitFor('condition=Running', 'vm/kept');
  await consoleLine(scene, 'kept-1', /^READY/);
  await write(scene, 'kept-1', 'A');
  await scene.apply(snapshot('s1'));
  await scene.waitFor('condition=Ready', 'vmsnap/s1');
  await write(scene, 'kept-1', 'B');
  await scene.apply(tinyVm('copied', { running: true, image: undefined, disks: copiedDisks }));
  const asked = operationOn('kept', 'snapshot');
  await scene.apply({ ...asked, spec: { ...asked.spec, snapshotSpec: { name: 's2' } } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/kept-snapshot');
  await write(scene, 'kept-1', 'C');

  const { status } = await scene.get<VMSnapshot>('vmsnap', 's2');
  assert.deepEqual(
    [status?.parentSnapshot, status?.snapshotChain, status?.disks?.map(({ name }) => name)],
    ['s1', ['s2', 's1'], ['root', 'data']],
  );
  assert.equal(typeof status?.pauseMilliseconds, 'number');
  assert.ok((status?.sizeBytes ?? 0) > 0);
  t.diagnostic(`the guest stood still for ${status?.pauseMilliseconds ?? -1} ms`);

  await scene.waitFor('condition=Running', 'vm/copied');
  await consoleLine(scene, 'copied-1', /^READY/);
  await typeCommand(scene, 'copied-1', 'read data');
  await consoleLine(scene, 'copied-1', /^READ A/);
  await scene.k('delete', 'vm', 'copied', '--timeout=60s');
  await scene.k('delete', 'vmsnap', 's1', '--timeout=120s');
  assert.equal((await getVm(scene, 'kept')).status?.podName, 'kept-1');
  await scene.apply(restoreTo('s2'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/kept-restore', 180);
  await reads(scene, 'kept-2', 'B');

  await write(scene, 'kept-2', 'D');
  await scene.apply(tinyVm('kept', { running: true, disks, snapshot: { revertToRef: { name: 's2' } } }));
  await scene.waitFor('jsonpath={.status.revertedTo}=s2', 'vm/kept', 180);
  await reads(scene, 'kept-3', 'B');

  await scene.apply(operationOn('kept', 'stop'));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/kept');
  await scene.apply(backup);
  await scene.waitFor('condition=Ready', 'vmsnap/pre-maintenance-backup');
  await scene.k('delete', 'vmsnap', 's2', '--timeout=120s');
  const scheduled = await scheduledSnapshot(scene);

  await scene.k('delete', 'vm', 'kept', '--timeout=60s');
  await scene.waitFor('delete', 'vmsnap/pre-maintenance-backup');
  await scene.k('get', `vmsnap/${scheduled}`, 'pvc/kept-root', 'pvc/kept-data');
  await scene.k('delete', 'vmsched,vmsnap', '--all', '--timeout=60s');
  await scene.k('wait', '--for=delete', 'pvc/kept-root', 'pvc/kept-data', '--timeout=60s');
});

/** Has a schedule miss its time, as under an operator that was down; the name of the snapshot that it then takes. */
async function scheduledSnapshot(scene: Scene): Promise<string> {
  await scene.apply(nightly);
  const { status } = await becomes<VMSnapshotSchedule>(scene, 'vmsched/nightly', (schedule) =>
    Boolean(schedule.status?.following),
  );
  const since = new Date(Date.now() - 2 * DAY_MS).toISOString();
  const patch = JSON.stringify({ status: { following: { ...status?.following, since } } });
  await scene.k('patch', 'vmsched', 'nightly', '--subresource=status', '--type=merge', '--patch', patch);
  await scene.waitFor('jsonpath={.status.snapshots}=1', 'vmsched/nightly');
  const [snapshot] = (await scene.get<{ items: VMSnapshot[] }>('vmsnap')).items.filter(({ metadata }) =>
    /^nightly-\d{8}-\d{4}$/.test(metadata.name),
  );
  assert.ok(snapshot, 'no snapshot is named for the schedule');
  return snapshot.metadata.name;
}
