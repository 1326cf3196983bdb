/**
 * Guarantee: a snapshot with memory holds disks and memory of one instant while the guest runs on; going back to it, the
 * guest goes on from that instant, and what was written since is gone; where the VM has become another machine, that is
 * refused and the guest runs on. A guest that is suspended is off, and a start has it go on where it was, by a clock that is
 * right. A clone with memory goes on where its source is, which runs on, with a MAC address and disks of its own.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VMOperation, VMOperationManifest, VMSnapshot } from '@hypersdk/api';
import { documented, type } from './stage/documents.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { ticks } from './stage/ticks.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

const SNAPSHOT = 'my-vm-snapshot';
const disks = [
  { name: 'root', size: '256Mi' },
  { name: 'data', size: '64Mi' },
];

const restore = (): VMOperationManifest => {
  const operation = operationOn('web', 'restore');
  return { ...operation, spec: { ...operation.spec, restoreSpec: { snapshotRef: { name: SNAPSHOT } } } };
};

const ended = (scene: Scene, name: string, phase: string): Promise<unknown> =>
  scene.waitFor(`jsonpath={.status.phase}=${phase}`, `vmop/${name}`, 180);

/** The first number that the guest counts in this pod, from its memory. */
const firstTick = async (scene: Scene, pod: string): Promise<number> =>
  Number((await consoleLine(scene, pod, /^tick \d+/)).split(' ')[1]);

async function write(scene: Scene, pod: string, word: string): Promise<void> {
  await typeCommand(scene, pod, `write data ${word}`);
  await consoleLine(scene, pod, new RegExp(`^WROTE ${word}`));
}

it('brings a guest back to the instant of its snapshot, and suspends it', async (t) => {
  const scene = await openScene(t);
  const vm = tinyVm('web', { running: true, disks });
  await scene.apply(tinyTemplate(), vm);
  await scene.waitFor('condition=Running', 'vm/web');
  await consoleLine(scene, 'web-1', /^READY/);
  await write(scene, 'web-1', 'A');
  const snapshotted = (await ticks(scene, 'web-1')).at(-1);
  await scene.apply(documented('README', 'VMSnapshot/my-vm-snapshot', { 'my-vm\n': 'web\n' }));
  await scene.waitFor('condition=Ready', `vmsnap/${SNAPSHOT}`);
  const { status } = await scene.get<VMSnapshot>('vmsnap', SNAPSHOT);
  assert.ok((status?.sizeBytes ?? 0) > (status?.memory?.bytes ?? Infinity));
  t.diagnostic(`the guest stood still for ${status?.pauseMilliseconds ?? -1} ms`);
  await write(scene, 'web-1', 'B');

  await scene.apply(tinyVm('web', { running: true, disks, cpus: 2 }));
  await scene.apply(restore());
  await ended(scene, 'web-restore', 'Failed');
  const refused = await scene.get<VMOperation>('vmop', 'web-restore');
  assert.match(refused.status?.message ?? '', /cpus was 1 and is 2/);
  assert.equal((await getVm(scene, 'web')).status?.podName, 'web-1');
  await scene.apply(vm);

  const counted = (await ticks(scene, 'web-1')).at(-1);
  await type(scene, 'snapshots', 'kubectl patch vm web', { 'before-upgrade': SNAPSHOT });
  await scene.waitFor(`jsonpath={.status.revertedTo}=${SNAPSHOT}`, 'vm/web', 180);
  assert.match(await eventOf(scene, 'web', 'SnapshotRestored'), new RegExp(SNAPSHOT));
  assert.equal((await getVm(scene, 'web')).status?.podName, 'web-2');
  await typeCommand(scene, 'web-2', 'read data');
  assert.match(await consoleLine(scene, 'web-2', /^READ /), /^READ A/);
  const [then = 0, last = 0, now] = [snapshotted, counted, await firstTick(scene, 'web-2')];
  assert.ok(now >= then && now <= last, `of ${then} to ${last}, it goes on with ${now}`);
  assert.doesNotMatch(await scene.k('logs', 'web-2', '--container', 'qemu'), /GUEST-UP/);

  await cloneWithMemory(scene);

  await typeCommand(scene, 'web-2', 'agent');
  await scene.waitFor('condition=AgentConnected', 'vm/web');
  await scene.apply(documented('snapshots', 'VMOperation/good-night'));
  await ended(scene, 'good-night', 'Succeeded');
  await scene.apply(operationOn('web', 'start'));
  await ended(scene, 'web-start', 'Succeeded');
  assert.ok((await firstTick(scene, 'web-3')) > now);
  await hasRightClock(scene, 'web-3');
  await scene.k('delete', 'vmsnap', SNAPSHOT, '--timeout=120s');
});

/** Its agent sets it as soon as it answers. */
async function hasRightClock(scene: Scene, pod: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const asked = Date.now();
    await typeCommand(scene, pod, `now\nasked-${asked}`);
    await consoleLine(scene, pod, new RegExp(`^UNKNOWN asked-${asked}`));
    const said = await scene.k('logs', pod, '--container', 'qemu');
    const seconds = Number([...said.matchAll(/^NOW (\d+)/gm)].at(-1)?.[1]);
    if (seconds >= asked / 1000 - 2) return;
    assert.ok(asked < deadline, `it is ${asked / 1000} and the guest says ${seconds}`);
  }
}

/** Of the guest that runs in web-2. */
async function cloneWithMemory(scene: Scene): Promise<void> {
  await scene.apply(documented('clones', 'VMOperation/clone-web-as-it-runs'));
  const before = (await ticks(scene, 'web-2')).at(-1) ?? 0;
  await ended(scene, 'clone-web-as-it-runs', 'Succeeded');
  await scene.waitFor('condition=Running', 'vm/web-twin');
  assert.ok((await firstTick(scene, 'web-twin-1')) >= before);
  await write(scene, 'web-twin-1', 'C');
  await typeCommand(scene, 'web-2', 'read data');
  assert.match(await consoleLine(scene, 'web-2', /^READ /), /^READ A/);
  const [mac] = (await getVm(scene, 'web-twin')).status?.networks?.map(({ macAddress }) => macAddress) ?? [];
  assert.doesNotMatch(await scene.k('logs', 'web-twin-1', '--container', 'qemu'), /GUEST-UP/);
  await scene.waitFor(
    'jsonpath={.status.conditions[?(@.type=="SharesIdentity")].reason}=WaitingForGuest',
    'vm/web-twin',
  );
  await typeCommand(scene, 'web-twin-1', 'identity');
  await consoleLine(scene, 'web-twin-1', new RegExp(`^IDENTITY .* ${mac}`));
  const now = (await ticks(scene, 'web-2')).at(-1) ?? 0;
  await consoleLine(scene, 'web-2', new RegExp(`^tick ${now + 2} `));
  await scene.k('delete', 'vm', 'web-twin', '--timeout=120s');
}
