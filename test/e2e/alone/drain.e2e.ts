/**
 * Guarantee: `kubectl drain` empties a node and no guest loses anything. One that may move counts on elsewhere without a
 * gap, one that is to be shut down is, and boots elsewhere, and one that is to stay holds the drain up and says so, until
 * somebody stops it.
 */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { findCondition, type VirtualMachineManifest } from '@hypersdk/api';
import { execa } from 'execa';
import { consoleLine } from '../stage/guest-console.ts';
import { kubectl } from '../stage/kubectl.ts';
import { tinyTemplate, tinyVm } from '../stage/manifests.ts';
import { phase } from '../stage/power.ts';
import { getVm, openScene, type Scene } from '../stage/scene.ts';
import { countsOn, listen, ticks, ticksIn } from '../stage/ticks.ts';

type Strategy = NonNullable<VirtualMachineManifest['spec']['highAvailability']>['evictionStrategy'];

const disks = [{ name: 'root', size: '256Mi', accessMode: 'ReadWriteMany' as const }];
const vm = (name: string, evictionStrategy: Strategy): object =>
  tinyVm(name, { disks, highAvailability: { evictionStrategy } });

async function nodes(): Promise<string[]> {
  return (await kubectl(['get', 'nodes', '--output=jsonpath={.items[*].metadata.name}'])).split(' ');
}

after(async () => {
  await kubectl(['uncordon', ...(await nodes())]);
});

/** All on the first node, while the second one takes none. */
async function onOneNode(scene: Scene, [node = '', other = '']: readonly string[]): Promise<void> {
  await kubectl(['cordon', other]);
  await scene.apply(tinyTemplate(), vm('moves', 'LiveMigrate'), vm('ends', 'Shutdown'), vm('stays', 'None'));
  for (const name of ['moves', 'ends', 'stays']) {
    await scene.waitFor('condition=Ready', `vm/${name}`);
    await consoleLine(scene, `${name}-1`, /^tick 2 /);
    assert.equal((await getVm(scene, name)).status?.nodeName, node);
  }
  await kubectl(['uncordon', other]);
}

it('empties a node of guests, each as it wants it', async (t) => {
  const scene = await openScene(t);
  const [node = '', other = ''] = await nodes();
  await onOneNode(scene, [node, other]);

  const said = listen(scene, 'moves-1');
  const goodbye = consoleLine(scene, 'ends-1', /GUEST-DOWN/);
  // Whoever listens has to be there before the pods go, with all that they said.
  for (const pod of ['moves-1', 'ends-1']) await countsOn(scene, pod);
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=300s'];
  const drain = execa('kubectl', ['drain', node, ...flags], { reject: false, timeout: 330_000 });
  let isOver = false;
  const over = drain.then(({ stdout, stderr }) => {
    isOver = true;
    return `${stdout}${stderr}`;
  });

  // Not the event: the drain may evict the operator, too, which then tells it or not.
  const isBlocked = 'jsonpath={.status.conditions[?(@.type=="Draining")].reason}=Blocked';
  const first = await Promise.race([scene.waitFor(isBlocked, 'vm/stays', 240), over]);
  assert.equal(first, undefined, 'the drain waits');
  await scene.waitFor(`jsonpath={.status.nodeName}=${other}`, 'vm/moves', 240);
  await goodbye;
  const before = ticksIn(await said);
  await consoleLine(scene, 'moves-2', new RegExp(`^tick ${(before.at(-1) ?? 0) + 2} `));
  const all = [...before, ...(await ticks(scene, 'moves-2'))];
  assert.deepEqual(
    all,
    all.map((_, index) => index + 1),
  );
  await consoleLine(scene, 'ends-2', /^BOOTS 2$/);
  assert.equal((await getVm(scene, 'ends')).status?.nodeName, other);

  const { status } = await getVm(scene, 'stays');
  const draining = findCondition(status?.conditions, 'Draining');
  assert.equal(draining?.reason, 'Blocked');
  assert.match(draining.message, /evictionStrategy None/);
  assert.deepEqual([status?.podName, status?.nodeName], ['stays-1', node]);
  assert.ok(!isOver, 'the drain waits');
  await scene.k('patch', 'vm', 'stays', '--type=merge', '--patch={"spec":{"running":false}}');
  await scene.waitFor(phase('Stopped'), 'vm/stays');
  const { exitCode, stderr } = await drain;
  assert.equal(exitCode, 0, stderr);
  assert.equal(
    await scene.k('get', 'vmop', '--output=jsonpath={.items[*].metadata.name} {.items[*].status.phase}'),
    'moves-drain-1-1 Succeeded',
  );
});
