/**
 * Guarantee: snapshots of a running guest hold all its disks as they were at one instant; deleting one of them, while
 * the guest runs on, takes nothing from the others; going back to one powers the guest off, gives it the disks that the
 * snapshot holds and starts it again, and whatever was written since is gone. revertToRef does the same, once; where the
 * snapshot holds memory, too, the guest goes on from its instant. A new VM's disks are made of what a snapshot holds. The
 * guest's agent freezes its file systems for a snapshot, which says so. There
 * are no more of them than the VM may have, and each is kept for as long as it says. A schedule takes the one that it missed,
 * and keeps so many. Snapshots outlive their VM unless they are to go with it.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findCondition, type VMSnapshot, type VMSnapshotManifest } from '@hypersdk/api';
import { waitFor } from '../cluster/waiting.ts';
import { becomes } from './stage/becomes.ts';
import { documented, type } from './stage/documents.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { leader, metrics } from './stage/operator.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';
import { scheduledSnapshots } from './stage/snapshot-schedule.ts';

const disks = [
  { name: 'root', size: '256Mi' },
  { name: 'data', size: '64Mi' },
];

const limited = { running: true, disks, snapshot: { maxCount: 2 } } as const;

async function write(scene: Scene, pod: string, word: string): Promise<void> {
  await typeCommand(scene, pod, `write data ${word}`);
  await consoleLine(scene, pod, new RegExp(`^WROTE ${word}`));
}

/** In the next pod, what the disk held at the snapshot, and nothing of later; the guest has booted, or has gone on. */
async function reads(scene: Scene, pod: string, word: string, said = /^READY/): Promise<void> {
  await scene.waitFor(`jsonpath={.status.podName}=${pod}`, 'vm/web');
  await scene.waitFor('condition=Running', 'vm/web');
  await consoleLine(scene, pod, said);
  await typeCommand(scene, pod, 'read data');
  assert.match(await consoleLine(scene, pod, /^READ /), new RegExp(`^READ ${word}`));
}

it('keeps, drops and gives back what the disks of a running guest held', async (t) => {
  const scene = await openScene(t);
  await scene.apply(tinyTemplate(), tinyVm('web', limited));
  await scene.waitFor('condition=Running', 'vm/web');
  await consoleLine(scene, 'web-1', /^READY/);
  await write(scene, 'web-1', 'A');
  const asked = operationOn('web', 'snapshot');
  await scene.apply({ ...asked, spec: { ...asked.spec, snapshotSpec: { name: 's1' } } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/web-snapshot');
  await write(scene, 'web-1', 'B');
  await typeCommand(scene, 'web-1', 'agent');
  await scene.waitFor('condition=AgentConnected', 'vm/web');
  await scene.apply(documented('snapshots', 'ResourceQuota/snapshots'));
  // The API server refuses what a quota counts until that was counted; of a kind that is new, after five minutes at most.
  const upgrade = documented('snapshots', 'VMSnapshot/before-upgrade');
  const isTaken = () => scene.apply(upgrade).then(() => true as const, unlessUncounted);
  await waitFor({ until: 'what the quota counts has been counted', seconds: 400 }, isTaken);
  await type(scene, 'snapshots', 'kubectl wait --for=condition=Ready vmsnap/before-upgrade');
  await scene.apply(documented('snapshots', 'VirtualMachine/web-as-it-was'));
  await write(scene, 'web-1', 'C');

  const { status } = await scene.get<VMSnapshot>('vmsnap', 'before-upgrade');
  assert.deepEqual(
    [status?.parentSnapshot, status?.snapshotChain, status?.disks?.map(({ name }) => name)],
    ['s1', ['before-upgrade', 's1'], ['root', 'data']],
  );
  assert.deepEqual(status?.quiesced, { value: true });
  assert.equal(typeof status.pauseMilliseconds, 'number');
  assert.ok((status.sizeBytes ?? 0) > 0);
  t.diagnostic(`the guest stood still for ${status.pauseMilliseconds ?? -1} ms`);
  assert.match(await eventOf(scene, 'before-upgrade', 'SnapshotCreating'), /web/);
  assert.match(await eventOf(scene, 'before-upgrade', 'SnapshotReady'), /web is ready/);
  await isOneTooMany(scene);

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

  await scene.apply(backup);
  await isAsTold(scene);
  await write(scene, 'web-2', 'D');
  await type(scene, 'snapshots', 'kubectl patch vm web', { 'before-upgrade': backup.metadata.name });
  await scene.waitFor(`jsonpath={.status.revertedTo}=${backup.metadata.name}`, 'vm/web', 180);
  await reads(scene, 'web-3', 'B', /^tick /);

  await scene.apply(operationOn('web', 'stop'));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/web');
  await expires(scene, 'before-upgrade');
  await type(scene, 'snapshots', 'kubectl delete vmsnap before-upgrade');
  const scheduled = await scheduledSnapshots(scene);

  await scene.k('delete', 'vm', 'web', '--timeout=60s');
  await scene.waitFor('delete', `vmsnap/${backup.metadata.name}`);
  await scene.k('get', `vmsnap/${scheduled}`, 'pvc/web-root', 'pvc/web-data');
  await retain(scene, scheduled, { expiresAt: '2026-01-01T00:00:00Z', autoDelete: true });
  await scene.waitFor('delete', `vmsnap/${scheduled}`);
  await scene.k('delete', 'vmsched,vmsnap', '--all', '--timeout=60s');
  await scene.k('wait', '--for=delete', 'pvc/web-root', 'pvc/web-data', '--timeout=60s');
  await areCounted();
});

async function areCounted(): Promise<void> {
  const counted = await metrics(await leader());
  for (const action of ['create', 'delete', 'restore']) {
    const labels = `action="${action}",outcome="succeeded"`;
    assert.match(counted, new RegExp(`^hypersdk_vm_snapshot_total\\{${labels}\\} [1-9]`, 'm'));
    assert.match(
      counted,
      new RegExp(`^hypersdk_vm_snapshot_duration_seconds_count\\{${labels}\\} [1-9]`, 'm'),
    );
  }
  assert.match(counted, /^hypersdk_vm_snapshot_pause_seconds_count [1-9]/m);
}

type Spec = VMSnapshotManifest['spec'];

const snapshotOf = (name: string, spec: Partial<Spec> = {}): VMSnapshotManifest => ({
  ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot', metadata: { name } },
  spec: { vmRef: { name: 'web' }, ...spec },
});

/** In the words of those who come from elsewhere. */
const backup = snapshotOf('pre-maintenance-backup', {
  nameHint: 'maintenance-backup',
  memory: true,
  description: 'Backup before maintenance',
  retentionPolicy: { maxAge: '7d', deleteOnVMDelete: true },
});

async function isAsTold(scene: Scene): Promise<void> {
  const { name } = backup.metadata;
  for (const is of ['Ready', 'Creating=false', 'Deleting=false'])
    await scene.waitFor(`condition=${is}`, `vmsnap/${name}`);
  const { status } = await scene.get<VMSnapshot>('vmsnap', name);
  assert.ok(status?.memory, 'it has no memory');
  const [header = '', row = ''] = (await scene.k('get', 'vmsnap', name)).split('\n');
  assert.equal(row.split(/\s+/)[header.split(/\s+/).indexOf('MEMORY')], 'true');
}

/** It fails, and none goes to make room for it. */
async function isOneTooMany(scene: Scene): Promise<void> {
  await scene.apply(snapshotOf('too-many'));
  const isRefused = ({ status }: VMSnapshot): boolean =>
    status?.phase === 'Failed' && findCondition(status.conditions, 'Ready')?.reason === 'QuotaExceeded';
  await becomes<VMSnapshot>(scene, 'vmsnap/too-many', isRefused);
  assert.match(await eventOf(scene, 'too-many', 'SnapshotFailed'), /has 2 snapshots.*spec.snapshot.maxCount/);
  await scene.k('get', 'vmsnap/s1', 'vmsnap/before-upgrade');
  await scene.k('delete', 'vmsnap', 'too-many', '--timeout=60s');
  await scene.k('patch', 'vm', 'web', '--type=merge', '--patch', '{"spec":{"snapshot":{"maxCount":4}}}');
}

async function retain(scene: Scene, name: string, retention: object): Promise<void> {
  const patch = JSON.stringify([{ op: 'add', path: '/spec/retention', value: retention }]);
  await scene.k('patch', 'vmsnap', name, '--type=json', '--patch', patch);
}

/** By each of its words; kept for longer it is Ready again, and nobody who has not asked for it loses it. */
async function expires(scene: Scene, name: string): Promise<void> {
  for (const over of [{ expiresAt: '2026-01-01T00:00:00Z' }, { keepCount: 1 }, { maxAge: '1s' }]) {
    await retain(scene, name, over);
    await scene.waitFor('jsonpath={.status.phase}=Expired', `vmsnap/${name}`);
    await retain(scene, name, { keepDays: 30 });
    await scene.waitFor('jsonpath={.status.phase}=Ready', `vmsnap/${name}`);
  }
}

function unlessUncounted(error: unknown): undefined {
  if (!String(error).includes('status unknown for quota')) throw error;
}
