/**
 * Guarantee: whoever dies during a migration, and whatever is cut, at any step, one guest runs and nothing is lost that its
 * disk has for good. The guests write a journal, fsync every entry and then say so; the processes of source, target and
 * operator are killed, the API server crashes, networks are cut and the operation is called off, at random. Where the guard
 * is taken away that ends a source's QEMU at the cut-over, the same test fails.
 *
 * MIGRATIONS says how many (`make test SUITES=e2e ONLY=migration-faults MIGRATIONS=200`), and SEED repeats the choices of
 * the run that printed it. Two guests go to and fro at a time: one takes its disks along, one has disks that both nodes mount.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { it } from 'node:test';
import { PersistentVolumeClaims } from '@hypersdk/kube';
import { waitFor } from '../../cluster/waiting.ts';
import { storages } from '../harness/choices.ts';
import { allComeThrough } from '../harness/come-through.ts';
import { openHarness, type Harness } from '../harness/harness.ts';
import { cluster, foreign } from '../harness/own-cluster.ts';
import { sparesSource } from '../harness/sabotage.ts';
import { isQemu, victimIn } from '../harness/strike.ts';
import { assertNothingLost, travel } from '../harness/voyage.ts';
import { isWell, patiently } from '../harness/well.ts';
import { operationOn } from '../stage/manifests.ts';
import { getVm } from '../stage/scene.ts';

const MIGRATIONS = Number(process.env['MIGRATIONS'] ?? 4);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));

/** What the disk holds without the guest's memory. */
async function powerCut(harness: Harness, vm: string): Promise<void> {
  const { scene, instance, consoles } = harness;
  const before = consoles.journal(vm).boots;
  const { podName = '' } = (await getVm(scene, vm)).status ?? {};
  const qemu = await victimIn(instance, scene.namespace, `${podName}_`, isQemu);
  assert.ok(qemu);
  process.kill(qemu.pid, 'SIGKILL');
  const isRead = () => (consoles.journal(vm).boots > before ? true : undefined);
  await patiently(`the guest of ${vm} reads its journal again`, () => Promise.resolve(isRead()));
}

/** Of the many that it had. */
async function hasTwoClaims({ client, scene: { namespace } }: Harness, vm: string): Promise<void> {
  await patiently(`VM ${vm} has one claim a disk`, async () => {
    const { items } = await client.list(PersistentVolumeClaims, { namespace });
    return items.filter(({ metadata }) => metadata.name.startsWith(`${vm}-`)).length === 2 ? true : undefined;
  });
}

it(`loses nothing in ${MIGRATIONS} migrations, with faults of seed ${SEED}`, { skip: foreign }, async (t) => {
  const harness = await openHarness(t, cluster, storages);
  for (const vm of storages) await isWell(harness, vm);
  let left = MIGRATIONS;
  const log = (line: string): void => {
    console.log(`${new Date().toISOString()} ${line}`);
  };
  const voyages = storages.map(async (vm, index) => {
    try {
      await travel(harness, { vm, seed: SEED + index, another: () => left-- > 0, log });
    } catch (error) {
      left = 0;
      throw error;
    }
    await powerCut(harness, vm);
    assertNothingLost(harness, vm);
    await hasTwoClaims(harness, vm);
  });
  await allComeThrough(voyages);
});

it(
  'finds two guests where the source goes on that has given its guest over',
  { skip: foreign },
  async (t) => {
    const harness = await openHarness(t, cluster, ['mirrored']);
    const { scene, instance, consoles } = harness;
    await isWell(harness, 'mirrored');
    const { podName = '' } = (await getVm(scene, 'mirrored')).status ?? {};
    await sparesSource(instance, scene.namespace, podName);
    await scene.apply(operationOn('mirrored', 'migrate'));
    const isSeen = { until: 'the harness sees that two guests write', seconds: 120 };
    await waitFor(isSeen, () => (consoles.journal('mirrored').violations.length > 0 ? true : undefined));
  },
);
