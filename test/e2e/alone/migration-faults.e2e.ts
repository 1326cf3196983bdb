/**
 * Guarantee: whoever dies during a migration, and whatever is cut, at any step, one guest runs and nothing is lost that its
 * disk has for good. The guests write a journal, fsync every entry and then say so; the processes of source, target and
 * operator are killed, the API server crashes, networks are cut and the operation is called off, at random. Where the guard
 * is taken away that ends a source's QEMU at the cut-over, the same test fails.
 *
 * MIGRATIONS says how many (`make test SUITES=e2e ONLY=migration-faults MIGRATIONS=200`), and SEED repeats the choices of
 * the run that printed it.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { claimInstance } from '../../cluster/slot.ts';
import { waitFor } from '../../cluster/waiting.ts';
import { attempt, isWell, type Harness } from '../harness/attempt.ts';
import { choices, storages, type Storage } from '../harness/choices.ts';
import { Consoles } from '../harness/consoles.ts';
import { violations } from '../harness/journal.ts';
import { sparesSource } from '../harness/sabotage.ts';
import { isQemu, victimIn } from '../harness/strike.ts';
import { operationOn, tinyTemplate, tinyVm } from '../stage/manifests.ts';
import { getVm, openScene } from '../stage/scene.ts';

/** Only a cluster that this project made has processes that we may kill. */
const cluster = process.env['HYPERSDK_INSTANCE'];
const foreign = cluster === undefined && 'the processes are not ours to kill';

const MIGRATIONS = Number(process.env['MIGRATIONS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));

async function openHarness(t: TestContext, ...vms: Storage[]): Promise<Harness> {
  const scene = await openScene(t);
  const instance = await claimInstance(cluster ?? '');
  const consoles = new Consoles(instance, scene.namespace);
  t.after(() => consoles.close());
  const harness = { scene, instance, consoles };
  await scene.apply(tinyTemplate(), ...vms.map(journalist));
  for (const vm of vms) {
    await scene.waitFor('condition=Running', `vm/${vm}`);
    await isWell(harness, vm);
  }
  return harness;
}

/** Started again at once, however often it is killed. */
function journalist(storage: Storage): object {
  const accessMode = storage === 'shared' ? 'ReadWriteMany' : 'ReadWriteOnce';
  const manifest = tinyVm(storage, {
    running: true,
    disks: [
      { name: 'root', size: '256Mi', cloneMode: 'full', accessMode },
      { name: 'journal', size: '64Mi', accessMode },
    ],
  });
  return { ...manifest, spec: { ...manifest.spec, highAvailability: { restartDelay: '0s' } } };
}

const found = ({ consoles }: Harness, vm: string): number =>
  consoles.entries(vm).filter(({ type }) => type === 'found').length;

/** What the disk holds without the guest's memory. */
async function powerCut(harness: Harness, vm: string): Promise<void> {
  const { scene, instance } = harness;
  const before = found(harness, vm);
  const { podName = '' } = (await getVm(scene, vm)).status ?? {};
  const qemu = await victimIn(instance, scene.namespace, `${podName}_`, isQemu);
  assert.ok(qemu);
  process.kill(qemu.pid, 'SIGKILL');
  const bootsAgain = { until: `the guest of ${vm} reads its journal again`, seconds: 240 };
  await waitFor(bootsAgain, () => (found(harness, vm) > before ? true : undefined));
}

function assertNothingLost({ consoles }: Harness, vm: string): void {
  assert.deepEqual(violations(consoles.entries(vm)), []);
}

it(`loses nothing in ${MIGRATIONS} migrations, with faults of seed ${SEED}`, { skip: foreign }, async (t) => {
  const harness = await openHarness(t, ...storages);
  /** Milliseconds of one that is not disturbed, as known so far. */
  const usual = { shared: 0, mirrored: 0 };
  for (const storage of storages) {
    const { phase, message, milliseconds } = await attempt(
      harness,
      `first-${storage}`,
      { storage, faults: [] },
      0,
    );
    assert.equal(phase, 'Succeeded', message);
    usual[storage] = milliseconds;
  }
  const next = choices(SEED);
  for (let number = 1; number <= MIGRATIONS; number++) {
    const choice = next.next().value;
    const { storage, faults } = choice;
    const told = `${number}: ${storage}, ${faults.map(({ victim, at }) => `${victim} at ${at.toFixed(2)}`).join(', ')}`;
    try {
      const outcome = await attempt(harness, `go-${number}`, choice, usual[storage]);
      t.diagnostic(
        `${told}: ${outcome.phase} in ${Math.round(outcome.milliseconds)} ms, struck: ${outcome.struck.join(', ')}: ${outcome.message}`,
      );
      if (faults.every(({ victim }) => victim === 'nobody'))
        assert.equal(outcome.phase, 'Succeeded', outcome.message);
      assertNothingLost(harness, storage);
    } catch (cause) {
      throw new Error(`migration ${told}, seed ${SEED}`, { cause });
    }
  }
  for (const storage of storages) {
    await powerCut(harness, storage);
    assertNothingLost(harness, storage);
  }
});

it(
  'finds two guests where the source goes on that has given its guest over',
  { skip: foreign },
  async (t) => {
    const harness = await openHarness(t, 'mirrored');
    const { scene, instance, consoles } = harness;
    const { podName = '' } = (await getVm(scene, 'mirrored')).status ?? {};
    await sparesSource(instance, scene.namespace, podName);
    await scene.apply(operationOn('mirrored', 'migrate'));
    const isSeen = { until: 'the harness sees that two guests write', seconds: 120 };
    await waitFor(isSeen, () => (violations(consoles.entries('mirrored')).length > 0 ? true : undefined));
  },
);
