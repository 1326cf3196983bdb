import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotations,
  findCondition,
  VMSnapshot,
  VMSnapshotSchedule,
  type VMSnapshotStatus,
} from '@hypersdk/api';
import { aVirtualMachine, NOW, UID } from '../testing/machines.ts';
import type { ObservedSchedule } from './observed.ts';
import { planSchedule, type SchedulePlan } from './plan.ts';
import { scheduledSnapshot } from './scheduled-snapshot.ts';

/** Every hour; it is 03:04:05, so that the last time was 03:00 and the next is 04:00. */
const HOUR = 60 * 60 * 1000;
const at = (hours: number): Date => new Date(Date.parse('2026-01-02T03:00:00Z') + hours * HOUR);
const following = { schedule: '0 * * * * Etc/UTC', since: at(-9).toISOString() };
const settled = { observedGeneration: 1, following };

const aSchedule = (spec: object = {}, status?: VMSnapshotSchedule['status']): VMSnapshotSchedule =>
  VMSnapshotSchedule.parse({
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VMSnapshotSchedule',
    metadata: {
      ...{ name: 'hourly', namespace: 'default', uid: 'schedule-uid', generation: 1 },
      creationTimestamp: at(-9).toISOString(),
    },
    spec: { vmRef: { name: 'web' }, schedule: '0 * * * *', ...spec },
    ...(status && { status }),
  });

const snapshot = (hours: number, phase?: VMSnapshotStatus['phase'], vmUid = UID): VMSnapshot => ({
  ...scheduledSnapshot(aSchedule(), at(hours)),
  ...(phase && { status: { phase, vmUid, creationTime: at(hours).toISOString() } }),
});

const observe = (
  schedule: VMSnapshotSchedule,
  { vm = aVirtualMachine(), snapshots = [] }: Partial<ObservedSchedule> = {},
): ObservedSchedule => ({ schedule, vm, snapshots });

interface Row {
  readonly when: string;
  readonly observed: ObservedSchedule;
  readonly create?: string;
  readonly remove?: readonly string[];
  readonly ready: 'True' | 'False';
  readonly reason: string;
  readonly message?: RegExp;
  readonly event?: string;
  readonly also?: (planned: SchedulePlan) => void;
}

const done = { ...settled, lastScheduleTime: at(0).toISOString() };
const until = (hours: number): number => at(hours).getTime() - NOW.getTime();

const rows: Row[] = [
  {
    when: 'a time has come, one is taken, named for it',
    observed: observe(aSchedule({}, { ...settled, lastScheduleTime: at(-1).toISOString() })),
    ...{ create: 'hourly-20260102-0300', ready: 'True', reason: 'Scheduled', event: 'SnapshotScheduled' },
    also: ({ status, requeueAfter }) => {
      assert.deepEqual(
        [status.lastScheduleTime, status.nextScheduleTime, requeueAfter],
        [at(0).toISOString(), at(1).toISOString(), until(1)],
      );
    },
  },
  {
    when: 'that of the last time was begun, it waits for the next',
    observed: observe(aSchedule({}, done)),
    ...{ ready: 'True', reason: 'Scheduled', message: /04:00/ },
  },
  {
    when: 'many times were missed, the last is caught up',
    observed: observe(aSchedule({}, { ...settled, lastScheduleTime: at(-8).toISOString() })),
    ...{ create: 'hourly-20260102-0300', ready: 'True', reason: 'Scheduled', event: 'SnapshotScheduled' },
  },
  {
    when: 'it is new, and a time has come since it was made, one is taken',
    observed: observe(aSchedule()),
    ...{ create: 'hourly-20260102-0300', ready: 'True', reason: 'Scheduled', event: 'SnapshotScheduled' },
  },
  {
    when: 'the operator died between a snapshot and the status, none is taken again',
    observed: observe(aSchedule({}, settled), { snapshots: [snapshot(0, 'Creating')] }),
    ...{ ready: 'True', reason: 'Scheduled' },
    also: ({ status }) => {
      assert.deepEqual(
        [status.active, status.lastScheduleTime],
        ['hourly-20260102-0300', at(0).toISOString()],
      );
    },
  },
  {
    when: 'its times were changed just now, it is not for the past',
    observed: observe(aSchedule({ schedule: '2 * * * *' }, done)),
    ...{ ready: 'True', reason: 'Scheduled', message: /04:02/ },
    also: ({ status }) => {
      assert.equal(status.following?.since, NOW.toISOString());
    },
  },
  {
    when: 'it is suspended, none is taken',
    observed: observe(aSchedule({ suspend: true }, settled)),
    ...{ ready: 'True', reason: 'Suspended' },
    also: ({ status, requeueAfter }) => {
      assert.deepEqual([status.nextScheduleTime, requeueAfter], [undefined, undefined]);
    },
  },
  {
    when: 'it was suspended, what it missed is not caught up',
    observed: observe(aSchedule({}, { observedGeneration: 1, lastScheduleTime: at(-8).toISOString() })),
    ...{ ready: 'True', reason: 'Scheduled' },
  },
  {
    when: 'its time zone does not exist, it says so',
    observed: observe(aSchedule({ timeZone: 'Mars/Base' }, settled)),
    ...{ ready: 'False', reason: 'InvalidSchedule', message: /^spec\.timeZone/ },
    also: ({ status }) => {
      assert.equal(findCondition(status.conditions, 'Stalled')?.status, 'True');
    },
  },
  {
    when: 'the VM does not exist, the time waits for it',
    observed: { ...observe(aSchedule({}, settled)), vm: undefined },
    ...{ ready: 'False', reason: 'Waiting', message: /VirtualMachine web does not exist; .*03:00/ },
  },
  {
    when: 'the one before is not ready, the time waits for it until its deadline',
    observed: observe(aSchedule({ startingDeadlineSeconds: 600 }, settled), {
      snapshots: [snapshot(-1, 'Pending')],
    }),
    ...{ ready: 'False', reason: 'Waiting', message: /hourly-20260102-0200 is not ready/ },
    also: ({ requeueAfter }) => {
      assert.equal(requeueAfter, (600 - 245) * 1000 + 1);
    },
  },
  {
    when: 'the deadline is over, the time is given up',
    observed: observe(aSchedule({ startingDeadlineSeconds: 200 }, settled)),
    ...{ ready: 'True', reason: 'Scheduled', event: 'ScheduleMissed' },
    also: ({ status, requeueAfter }) => {
      assert.deepEqual([status.lastMissedTime, requeueAfter], [at(0).toISOString(), until(1)]);
      const again = observe(aSchedule({ startingDeadlineSeconds: 200 }, { ...status, ...settled }));
      assert.equal(planSchedule(again, NOW).event, undefined);
    },
  },
  {
    when: 'the last one failed, it says why, and goes on',
    observed: observe(aSchedule({}, done), { snapshots: [snapshot(0, 'Failed')] }),
    ...{ ready: 'False', reason: 'SnapshotFailed', message: /hourly-20260102-0300: .*T04:00/ },
  },
  {
    when: 'there are more than it keeps, the oldest go',
    observed: observe(aSchedule({ keep: 2 }, done), {
      snapshots: [
        snapshot(0, 'Ready'),
        snapshot(-1, 'Ready'),
        snapshot(-2, 'Expired'),
        snapshot(-3, 'Ready'),
      ],
    }),
    ...{ ready: 'True', reason: 'Scheduled', remove: ['hourly-20260102-0100', 'hourly-20260102-0000'] },
    also: ({ status }) => {
      assert.deepEqual([status.snapshots, status.lastSuccessfulTime], [4, at(0).toISOString()]);
    },
  },
  {
    when: 'the newest is not ready yet, none goes for it',
    observed: observe(aSchedule({ keep: 2 }, done), {
      snapshots: [snapshot(0, 'Creating'), snapshot(-1, 'Ready'), snapshot(-2, 'Ready')],
    }),
    ...{ ready: 'True', reason: 'Scheduled' },
  },
  {
    when: 'some failed, the newest of them stays as evidence',
    observed: observe(aSchedule({}, done), {
      snapshots: [snapshot(0, 'Ready'), snapshot(-1, 'Failed'), snapshot(-2, 'Failed')],
    }),
    ...{ ready: 'True', reason: 'Scheduled', remove: ['hourly-20260102-0100'] },
  },
  {
    when: 'there are some of a former VM of the name, they are left alone',
    observed: observe(aSchedule({ keep: 1 }, done), {
      snapshots: [snapshot(0, 'Ready'), snapshot(-1, 'Ready', 'former'), snapshot(-2, 'Ready', 'former')],
    }),
    ...{ ready: 'True', reason: 'Scheduled' },
  },
];

describe('what is planned for a VMSnapshotSchedule when', () => {
  for (const { when, observed, create, remove = [], ready, reason, message, event, also } of rows) {
    it(when, () => {
      const planned = planSchedule(observed, NOW);
      assert.equal(planned.create?.metadata.name, create);
      assert.deepEqual(
        planned.remove.map(({ metadata }) => metadata.name),
        remove,
      );
      const found = findCondition(planned.status.conditions, 'Ready');
      assert.deepEqual([found?.status, found?.reason], [ready, reason]);
      if (message) assert.match(found?.message ?? '', message);
      assert.equal(planned.event?.reason, event);
      also?.(planned);
    });
  }

  it('has snapshots made as its template says, which the API takes', () => {
    const template = {
      ...{ labels: { tier: 'gold' }, quiesce: false, description: 'Every hour' },
      retention: { maxAge: '7d', autoDelete: true },
    };
    const { create } = planSchedule(observe(aSchedule({ template }, settled)), NOW);
    const { metadata, spec } = VMSnapshot.parse(create);
    assert.deepEqual(metadata.labels, { tier: 'gold', 'hypersdk.io/snapshot-schedule': 'hourly' });
    assert.equal(metadata.annotations?.[Annotations.madeBy], 'schedule-uid');
    assert.deepEqual(
      [spec.vmRef.name, spec.quiesce, spec.description, spec.retention?.maxAge],
      ['web', false, 'Every hour', '7d'],
    );
  });
});
