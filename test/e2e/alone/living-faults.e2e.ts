/**
 * Guarantee: whoever dies while a VM that runs is snapshotted, with its memory or quiesced, loses a snapshot, goes back to
 * one, is given memory, has a disk grow, taken off and given back, that ends, well or with a reason; the guest has what it
 * wrote, or what the snapshot held, it is thawed, and where it has not died itself it has counted on; every layer of its
 * disks is sound. Launcher, QEMU and operator are killed, each over all that is done to a VM of its own, at moments of a SEED
 * that the test prints.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { it } from 'node:test';
import type { VMSnapshotManifest } from '@hypersdk/api';
import { Client } from '@hypersdk/kube';
import { claimInstance } from '../../cluster/slot.ts';
import { randomNumbers } from '../harness/choices.ts';
import { allComeThrough } from '../harness/come-through.ts';
import { dropSnapshot, operate, takeOffAndGiveBack, takeSnapshot } from '../harness/living-work.ts';
import { ask, type Living, mortals, reads, write } from '../harness/living.ts';
import { cluster, foreign } from '../harness/own-cluster.ts';
import { consoleLine } from '../stage/guest-console.ts';
import { typeCommand } from '../stage/guest-keyboard.ts';
import { assertSoundFiles } from '../stage/in-volume.ts';
import { tinyTemplate, tinyVm } from '../stage/manifests.ts';
import { operatorIsThere } from '../stage/operator.ts';
import { getTemplate, openScene, type Scene } from '../stage/scene.ts';
import { countsOn } from '../stage/ticks.ts';

const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));

/** Started again at once when it dies. */
const vm = (name: string): object => {
  const manifest = tinyVm(name, {
    ...{ running: true, maxMemory: '512Mi' },
    disks: [
      { name: 'root', size: '256Mi' },
      { name: 'data', size: '64Mi' },
    ],
  });
  return { ...manifest, spec: { ...manifest.spec, highAvailability: { restartDelay: '0s' } } };
};

it(`loses nothing of a living VM, whoever dies, with seed ${SEED}`, { skip: foreign }, async (t) => {
  const scene = await openScene(t);
  const instance = await claimInstance(cluster ?? '');
  const client = await Client.load({ userAgent: 'hypersdk-harness' });
  t.after(() => client.close());
  const log = (line: string): void => {
    console.log(`${new Date().toISOString()} ${line}`);
  };
  await scene.apply(tinyTemplate(), ...mortals.map((name) => vm(name)));
  const lives = mortals.map((name, index) =>
    live({ scene, client, instance, vm: name, random: randomNumbers(SEED + index), log }),
  );
  await allComeThrough(lives).finally(operatorIsThere);
});

async function live(living: Living): Promise<void> {
  const { scene, vm: name } = living;
  const isGuestSpared = name !== 'qemu';
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, `${name}-1`, /^READY/);
  await typeCommand(scene, `${name}-1`, 'agent');
  await scene.waitFor('condition=AgentConnected', `vm/${name}`);
  await typeCommand(scene, `${name}-1`, 'fill 4');
  const sum = (await consoleLine(scene, `${name}-1`, /^FILLED 4 SUM /)).split(' ')[3];
  await write(living, 'A');

  const first = await snapshot(living, 'first', { quiesce: true });
  if (isGuestSpared) assert.equal(await ask(living, 'note thawed', /^NOTED (\w+)/gm), 'thawed');
  await write(living, 'B');
  const second = await snapshot(living, 'second', { includeMemory: true });
  await write(living, 'C');
  await dropSnapshot(living, first);
  await reads(living, 'C');
  if (isGuestSpared) await countsOn(scene, `${name}-1`);

  const restored = await operate(living, 'restore', { restoreSpec: { snapshotRef: { name: second } } });
  const word = restored === 'Succeeded' ? 'B' : 'C';
  await reads(living, word);
  const grown = { memory: '384Mi', disks: [{ name: 'data', size: '96Mi' }] };
  await operate(living, 'resize', { resizeSpec: grown });
  await reads(living, word);
  await takeOffAndGiveBack(living);
  await reads(living, word);
  assert.equal(await ask(living, 'sum', /^SUM (\w{64})/gm), sum);
  await isSound(scene, name);
}

/** One that is ready: where it has come to nothing, as it may, another. Its name. */
async function snapshot(
  living: Living,
  word: string,
  more: Partial<VMSnapshotManifest['spec']>,
): Promise<string> {
  const { scene, vm } = living;
  const name = `${vm}-${word}`;
  if ((await takeSnapshot(living, name, more)) === 'Ready') return name;
  const again = { metadata: { name: `${name}-again` }, spec: { vmRef: { name: vm }, ...more } };
  await scene.apply({ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot', ...again });
  await scene.waitFor('condition=Ready', `vmsnap/${again.metadata.name}`);
  return again.metadata.name;
}

async function isSound(scene: Scene, name: string): Promise<void> {
  await scene.k('patch', 'vm', name, '--type=merge', '--patch', '{"spec":{"running":false}}');
  await scene.waitFor('jsonpath={.status.phase}=Stopped', `vm/${name}`);
  const golden = (await getTemplate(scene, 'tiny')).status?.pvc ?? '';
  const mounts = { '/volumes/root': `${name}-root`, '/volumes/data': `${name}-data` };
  await assertSoundFiles(scene, { ...mounts, [`/images/${golden}`]: golden });
}
