/**
 * Guarantee: snapshots of a running guest hold all its disks as they were at one instant; deleting one of them, while
 * the guest runs on, takes nothing from the others; going back to one powers the guest off, gives it the disks that the
 * snapshot holds and starts it again, and whatever was written since is gone. revertToRef does the same, once. A new VM's
 * disks are made of what a snapshot holds. A schedule takes the one that it missed, and snapshots outlive their VM unless
 * they are to go with it.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VMSnapshot, VMSnapshotManifest, VMSnapshotSchedule } from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { documented, type } from './stage/documents.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

const disks = [
  { name: 'root', size: '256Mi' },
  { name: 'data', size: '64Mi' },
];

/** In the words of those who come from elsewhere. */
const backup: VMSnapshotManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'pre-maintenance-backup' },
  spec: {
    vmRef: { name: 'web' },
    nameHint: 'maintenance-backup',
    memory: true,
    description: 'Backup before maintenance',
    retentionPolicy: { maxAge: '7d', deleteOnVMDelete: true },
  },
};

const DAY_SECONDS = 86_400;

async function write(scene: Scene, pod: string, word: string): Promise<void> {
  await typeCommand(scene, pod, `write data ${word}`);
  await consoleLine(scene, pod, new RegExp(`^WROTE ${word}`));
}

/** In the next pod, what the disk held at the snapshot, and nothing of later. */
async function reads(scene: Scene, pod: string, word: string): Promise<void> {
  await scene.waitFor(`jsonpath={.status.podName}=${pod}`, 'vm/web');
  await scene.waitFor('condition=Running', 'vm/web');
  await consoleLine(scene, pod, /^READY/);
  await typeCommand(scene, pod, 'read data');
  assert.match(await consoleLine(scene, pod, /^READ /), new RegExp(`^READ ${word}`));
}

it('keeps, drops and gives back what the disks of a running guest held', async (t) => {
  const scene = await openScene(t);
  await scene.apply(tinyTemplate(), tinyVm('web', { running: true, disks }));
  await scene.waitFor('condition=Running', 'vm/web');
  await consoleLine(scene, 'web-1', /^READY/);
  await write(scene, 'web-1', 'A');
  const asked = operationOn('web', 'snapshot');
  await scene.apply({ ...asked, spec: { ...asked.spec, snapshotSpec: { name: 's1' } } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/web-snapshot');
  await write(scene, 'web-1', 'B');
  await scene.apply(
    documented('snapshots', 'ResourceQuota/snapshots'),
    documented('snapshots', 'VMSnapshot/before-upgrade'),
  );
  await type(scene, 'snapshots', 'kubectl wait --for=condition=Ready vmsnap/before-upgrade');
  await scene.apply(documented('snapshots', 'VirtualMachine/web-as-it-was'));
  await write(scene, 'web-1', 'C');

  const { status } = await scene.get<VMSnapshot>('vmsnap', 'before-upgrade');
  assert.deepEqual(
    [status?.parentSnapshot, status?.snapshotChain, status?.disks?.map(({ name }) => name)],
    ['s1', ['before-upgrade', 's1'], ['root', 'data']],
  );
  assert.equal(typeof status?.pauseMilliseconds, 'number');
  assert.ok((status?.sizeBytes ?? 0) > 0);
  t.diagnostic(`the guest stood still for ${status?.pauseMilliseconds ?? -1} ms`);

  await scene.waitFor('condition=Running', 'vm/web-as-it-was');
  await consoleLine(scene, 'web-as-it-was-1', /^READY/);
  await typeCommand(scene, 'web-as-it-was-1', 'read data');
  await consoleLine(scene, 'web-as-it-was-1', /^READ B/);
  await scene.k('delete', 'vm', 'web-as-it-was', '--timeout=60s');
  await scene.k('delete', 'vmsnap', 's1', '--timeout=120s');
  assert.equal((await getVm(scene, 'web')).status?.podName, 'web-1');
  await scene.apply(documented('snapshots', 'VMOperation/back-to-before-upgrade'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/back-to-before-upgrade', 180);
  await reads(scene, 'web-2', 'B');

  await write(scene, 'web-2', 'D');
  await scene.apply(
    tinyVm('web', { running: true, disks, snapshot: { revertToRef: { name: 'before-upgrade' } } }),
  );
  await scene.waitFor('jsonpath={.status.revertedTo}=before-upgrade', 'vm/web', 180);
  await reads(scene, 'web-3', 'B');

  await scene.apply(operationOn('web', 'stop'));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/web');
  await scene.apply(backup);
  await scene.waitFor('condition=Ready', 'vmsnap/pre-maintenance-backup');
  await type(scene, 'snapshots', 'kubectl delete vmsnap before-upgrade');
  const scheduled = await scheduledSnapshot(scene);

  await scene.k('delete', 'vm', 'web', '--timeout=60s');
  await scene.waitFor('delete', 'vmsnap/pre-maintenance-backup');
  await scene.k('get', `vmsnap/${scheduled}`, 'pvc/web-root', 'pvc/web-data');
  await scene.k('delete', 'vmsched,vmsnap', '--all', '--timeout=60s');
  await scene.k('wait', '--for=delete', 'pvc/web-root', 'pvc/web-data', '--timeout=60s');
});

/** Has a schedule miss its time, as under an operator that was down; the name of the snapshot that it then takes. */
async function scheduledSnapshot(scene: Scene): Promise<string> {
  const inTime = { 'Seconds: 3600': `Seconds: ${DAY_SECONDS + 3600}` };
  await scene.apply(documented('snapshots', 'VMSnapshotSchedule/web-nightly', inTime));
  const { status } = await becomes<VMSnapshotSchedule>(scene, 'vmsched/web-nightly', (schedule) =>
    Boolean(schedule.status?.following),
  );
  const since = new Date(Date.now() - 2000 * DAY_SECONDS).toISOString();
  const patch = JSON.stringify({ status: { following: { ...status?.following, since } } });
  await scene.k('patch', 'vmsched', 'web-nightly', '--subresource=status', '--type=merge', '--patch', patch);
  await scene.waitFor('jsonpath={.status.snapshots}=1', 'vmsched/web-nightly');
  const [snapshot] = (await scene.get<{ items: VMSnapshot[] }>('vmsnap')).items.filter(({ metadata }) =>
    /^web-nightly-\d{8}-\d{4}$/.test(metadata.name),
  );
  assert.ok(snapshot, 'no snapshot is named for the schedule');
  return snapshot.metadata.name;
}
