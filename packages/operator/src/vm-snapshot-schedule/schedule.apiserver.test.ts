/**
 * Guarantee: whatever write its operator dies at, and with two of them at once, a schedule has one snapshot made for a time that
 * has come; and it deletes its own oldest ones, never one of somebody else.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  Annotations,
  isConditionTrue,
  Labels,
  type VirtualMachine,
  type VMSnapshot,
  type VMSnapshotSchedule,
} from '@hypersdk/api';
import { VMSnapshots, VMSnapshotSchedules } from '../resources.ts';
import { deathsOf } from '../testing/deaths.ts';
import { runOperator, runUntilEnd } from '../testing/operator-under-test.ts';
import { pretendWorkers } from '../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, type Stage } from '../testing/stage.ts';
import { scheduledSnapshot } from './scheduled-snapshot.ts';

let stage: Stage;
const stopping = new AbortController();
before(async () => {
  stage = await openStage('127.0.127');
  await pretendWorkers(stage, stopping.signal);
  const operator = await runOperator(stage.client, stage.authorities);
  const spec = { cpus: 1, memory: '64Mi', disks: [{ name: 'root', size: '1Gi' }] };
  await stage.client.create(VirtualMachines, { metadata: key('web'), spec } as VirtualMachine); // the server fills the rest in
  await becomes(stage, VirtualMachines, 'web', (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  await operator.stop();
});
after(async () => {
  stopping.abort();
  await stage.close();
});

const key = (name: string) => ({ namespace: stage.namespace, name });

/** At each minute, and as if since three minutes ago: one is due at once. Before an operator may write its status. */
async function createSchedule(name: string, keep = 7): Promise<VMSnapshotSchedule> {
  const spec = { vmRef: { name: 'web' }, schedule: '* * * * *', keep };
  const created = await stage.client.create(VMSnapshotSchedules, { metadata: key(name), spec } as never); // as above
  const since = new Date(Date.now() - 3 * 60_000).toISOString();
  const following = { schedule: '* * * * * Etc/UTC', since };
  return stage.client.replaceStatus(VMSnapshotSchedules, {
    ...created,
    status: { observedGeneration: 1, following },
  });
}

async function snapshotsOf(name: string): Promise<VMSnapshot[]> {
  const labelSelector = `${Labels.snapshotSchedule}=${name}`;
  return (await stage.client.list(VMSnapshots, { namespace: stage.namespace, labelSelector })).items;
}

const isTaken = (name: string): Promise<unknown> =>
  becomes(stage, VMSnapshotSchedules, name, (found) => found?.status?.lastSuccessfulTime !== undefined);

/** One for each time that has come, and none twice: their names say which. */
async function assertOncePerTime(name: string): Promise<void> {
  const { status } = await stage.client.get(VMSnapshotSchedules, key(name));
  const snapshots = await snapshotsOf(name);
  const last = Date.parse(status?.lastScheduleTime ?? '');
  const times = snapshots.map(({ metadata }) =>
    Date.parse(metadata.annotations?.[Annotations.scheduledAt] ?? ''),
  );
  assert.ok(times.includes(last), `none of ${times.join()} is of ${last}`);
  assert.equal(new Set(times).size, snapshots.length);
  // The minute may have changed meanwhile; what was missed before is caught up once.
  assert.ok(times.every((time) => last - time <= 60_000));
}

describe('a schedule', () => {
  it('has one snapshot made for a time, whatever write its operator dies at', async (t) => {
    const deaths = await deathsOf(stage.client, async (mortal, number) => {
      const name = `nightly-${number}`;
      await createSchedule(name);
      const first = await runUntilEnd(t, mortal.client, stage.authorities);
      await Promise.race([mortal.died, isTaken(name)]);
      await first.stop();
      const second = await runUntilEnd(t, stage.client, stage.authorities);
      await isTaken(name);
      await assertOncePerTime(name);
      await stage.client.delete(VMSnapshotSchedules, key(name));
      await second.stop();
    });
    assert.ok(deaths >= 4, `it takes ${deaths} writes`);
  });

  it('has one made by two operators at once', async (t) => {
    await createSchedule('twofold');
    const two = [1, 2].map(() => runUntilEnd(t, stage.client, stage.authorities));
    await Promise.all(two);
    await isTaken('twofold');
    await assertOncePerTime('twofold');
    await stage.client.delete(VMSnapshotSchedules, key('twofold'));
  });

  it("deletes what is too much, and nothing that is somebody's", async (t) => {
    const schedule = await createSchedule('short', 1);
    const old = scheduledSnapshot(schedule, new Date(Date.now() - 3_600_000));
    const mine = { ...old, metadata: { ...old.metadata, name: 'mine', labels: {} } };
    const others = { ...old, metadata: { ...old.metadata, name: 'others', annotations: {} } };
    for (const snapshot of [old, mine, others]) await stage.client.create(VMSnapshots, snapshot);
    await runUntilEnd(t, stage.client, stage.authorities);
    await becomes(stage, VMSnapshots, old.metadata.name, (found) => found === undefined);
    await isTaken('short');
    await stage.client.delete(VMSnapshotSchedules, key('short'));
    const left = (await stage.client.list(VMSnapshots, { namespace: stage.namespace })).items;
    const names = left.map(({ metadata }) => metadata.name);
    assert.ok(names.includes('mine') && names.includes('others'));
    assert.ok(names.some((name) => name.startsWith('short-')));
  });
});
