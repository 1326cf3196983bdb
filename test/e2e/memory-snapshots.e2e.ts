/**
 * Guarantee: a snapshot with memory holds disks and memory of one instant while the guest runs on; going back to it, the
 * guest goes on from that instant, and what was written since is gone; where the VM has become another machine, that is
 * refused and the guest runs on. A guest that is suspended is off, and a start has it go on where it was. A clone with memory
 * goes on where its source is, which runs on, with a MAC address and disks of its own.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VMOperation, VMOperationManifest, VMSnapshot, VMSnapshotManifest } from '@hypersdk/api';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { ticks } from './stage/ticks.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

const disks = [
  { name: 'root', size: '256Mi' },
  { name: 'data', size: '64Mi' },
];

const snapshot: VMSnapshotManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'instant' },
  spec: { vmRef: { name: 'keen' }, includeMemory: true },
};

const restore = (name: string): VMOperationManifest => {
  const operation = operationOn('keen', 'restore');
  const restoreSpec = { snapshotRef: { name: 'instant' } };
  return { ...operation, metadata: { name }, spec: { ...operation.spec, restoreSpec } };
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
  const vm = tinyVm('keen', { running: true, disks });
  await scene.apply(tinyTemplate(), vm);
  await scene.waitFor('condition=Running', 'vm/keen');
  await consoleLine(scene, 'keen-1', /^READY/);
  await write(scene, 'keen-1', 'A');
  const snapshotted = (await ticks(scene, 'keen-1')).at(-1);
  await scene.apply(snapshot);
  await scene.waitFor('condition=Ready', 'vmsnap/instant');
  const { status } = await scene.get<VMSnapshot>('vmsnap', 'instant');
  assert.ok((status?.sizeBytes ?? 0) > (status?.memory?.bytes ?? Infinity));
  t.diagnostic(`the guest stood still for ${status?.pauseMilliseconds ?? -1} ms`);
  await write(scene, 'keen-1', 'B');

  await scene.apply(tinyVm('keen', { running: true, disks, cpus: 2 }));
  await scene.apply(restore('unfit'));
  await ended(scene, 'unfit', 'Failed');
  const refused = await scene.get<VMOperation>('vmop', 'unfit');
  assert.match(refused.status?.message ?? '', /cpus was 1 and is 2/);
  assert.equal((await getVm(scene, 'keen')).status?.podName, 'keen-1');
  await scene.apply(vm);

  const counted = (await ticks(scene, 'keen-1')).at(-1);
  await scene.apply(restore('back'));
  await ended(scene, 'back', 'Succeeded');
  assert.equal((await getVm(scene, 'keen')).status?.podName, 'keen-2');
  await typeCommand(scene, 'keen-2', 'read data');
  assert.match(await consoleLine(scene, 'keen-2', /^READ /), /^READ A/);
  const [then = 0, last = 0, now] = [snapshotted, counted, await firstTick(scene, 'keen-2')];
  assert.ok(now >= then && now <= last, `of ${then} to ${last}, it goes on with ${now}`);
  assert.doesNotMatch(await scene.k('logs', 'keen-2', '--container', 'qemu'), /GUEST-UP/);

  await scene.apply(operationOn('keen', 'suspend'));
  await ended(scene, 'keen-suspend', 'Succeeded');
  await scene.apply(operationOn('keen', 'start'));
  await ended(scene, 'keen-start', 'Succeeded');
  assert.ok((await firstTick(scene, 'keen-3')) > now);
  await cloneWithMemory(scene);
  await scene.k('delete', 'vmsnap', 'instant', '--timeout=120s');
});

/** Of the guest that runs in keen-3. */
async function cloneWithMemory(scene: Scene): Promise<void> {
  const operation = operationOn('keen', 'clone');
  const cloneSpec = { targetName: 'twin', linkedClone: true, includeMemory: true, startAfterClone: true };
  await scene.apply({ ...operation, spec: { ...operation.spec, cloneSpec } });
  const before = (await ticks(scene, 'keen-3')).at(-1) ?? 0;
  await ended(scene, 'keen-clone', 'Succeeded');
  await scene.waitFor('condition=Running', 'vm/twin');
  assert.ok((await firstTick(scene, 'twin-1')) >= before);
  await write(scene, 'twin-1', 'C');
  await typeCommand(scene, 'keen-3', 'read data');
  assert.match(await consoleLine(scene, 'keen-3', /^READ /), /^READ A/);
  const [mac] = (await getVm(scene, 'twin')).status?.networks?.map(({ macAddress }) => macAddress) ?? [];
  assert.doesNotMatch(await scene.k('logs', 'twin-1', '--container', 'qemu'), /GUEST-UP/);
  await scene.waitFor(
    'jsonpath={.status.conditions[?(@.type=="SharesIdentity")].reason}=WaitingForGuest',
    'vm/twin',
  );
  await typeCommand(scene, 'twin-1', 'identity');
  await consoleLine(scene, 'twin-1', new RegExp(`^IDENTITY .* ${mac}`));
  const now = (await ticks(scene, 'keen-3')).at(-1) ?? 0;
  await consoleLine(scene, 'keen-3', new RegExp(`^tick ${now + 2} `));
  await scene.k('delete', 'vm', 'twin', '--timeout=120s');
}
