/** A VMSnapshotSchedule whose times have been missed, as under an operator that was down. */
import assert from 'node:assert/strict';
import type { VMSnapshot, VMSnapshotSchedule } from '@hypersdk/api';
import { becomes } from './becomes.ts';
import { documented } from './documents.ts';
import type { Scene } from './scene.ts';

const DAY_SECONDS = 86_400;

/** It misses a time, and another, and keeps one snapshot, whose name this is. */
export async function scheduledSnapshots(scene: Scene): Promise<string> {
  const longer = { 'Seconds: 3600': `Seconds: ${DAY_SECONDS + 3600}`, 'keep: 7': 'keep: 1' };
  await scene.apply(documented('snapshots', 'VMSnapshotSchedule/web-nightly', longer));
  const first = await missed(scene, '0 3 * * *');
  await scene.k('patch', 'vmsched', 'web-nightly', '--type=merge', '--patch', EVERY_MINUTE);
  const second = await missed(scene, '* * * * *');
  await scene.k('patch', 'vmsched', 'web-nightly', '--type=merge', '--patch', '{"spec":{"suspend":true}}');
  await scene.waitFor('delete', `vmsnap/${first}`);
  return second;
}

const EVERY_MINUTE = '{"spec":{"schedule":"* * * * *"}}';

async function missed(scene: Scene, schedule: string): Promise<string> {
  const follows = ({ status }: VMSnapshotSchedule): boolean =>
    status?.following?.schedule.startsWith(schedule) ?? false;
  const { status } = await becomes<VMSnapshotSchedule>(scene, 'vmsched/web-nightly', follows);
  const since = new Date(Date.now() - 2000 * DAY_SECONDS).toISOString();
  const patch = JSON.stringify({ status: { following: { ...status?.following, since } } });
  const before = await scheduledNames(scene);
  await scene.k('patch', 'vmsched', 'web-nightly', '--subresource=status', '--type=merge', '--patch', patch);
  await becomes<VMSnapshotSchedule>(scene, 'vmsched/web-nightly', ({ status: now }) =>
    Boolean(now?.lastScheduleTime && now.lastScheduleTime !== status?.lastScheduleTime),
  );
  const [made] = (await scheduledNames(scene)).filter((name) => !before.includes(name));
  assert.match(made ?? '', /^web-nightly-\d{8}-\d{4}$/);
  await scene.waitFor('condition=Ready', `vmsnap/${made}`);
  return made ?? '';
}

async function scheduledNames(scene: Scene): Promise<string[]> {
  const { items } = await scene.get<{ items: VMSnapshot[] }>('vmsnap');
  return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('web-nightly-'));
}
