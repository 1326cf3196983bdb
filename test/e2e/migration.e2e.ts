/**
 * Guarantee: a running guest goes to another node, with a disk that both nodes mount and one that only one can, and counts on
 * without a gap; its disks hold what it wrote. One that is called off goes on where it is, and nothing is left of the other.
 * What cannot be is refused before anything is done.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { execa } from 'execa';
import { documented } from './stage/documents.ts';
import { consoleLine } from './stage/guest-console.ts';
import { operationOn } from './stage/manifests.ts';
import { operate } from './stage/power.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';
import { counting } from './stage/ticks.ts';

const disks = [
  { name: 'root', size: '256Mi', cloneMode: 'full' as const },
  { name: 'shared', size: '64Mi', accessMode: 'ReadWriteMany' as const },
];

const ticksIn = (log: string): number[] =>
  [...log.matchAll(/^tick (\d+) /gm)].map(([, tick]) => Number(tick));

/** All that the guest says in this pod, until that ends. */
function listen({ namespace }: Scene, pod: string): Promise<string> {
  const logs = execa('kubectl', ['--namespace', namespace, 'logs', '--follow', pod, '--container', 'qemu'], {
    ...{ reject: false, timeout: 300_000 },
  });
  return logs.then(({ stdout }) => stdout);
}

const migration = (name: string, migrateSpec: object, more = {}): object => {
  const operation = operationOn('my-vm', 'migrate');
  return { ...operation, metadata: { name }, spec: { ...operation.spec, ...more, migrateSpec } };
};

it('moves a running guest with its disks to another node, calls a move off, and refuses what cannot be', async (t) => {
  const scene = await openScene(t);
  const source = await counting(scene, 'my-vm', { disks });
  const { nodeName, networks, machineType } = (await getVm(scene, 'my-vm')).status ?? {};
  assert.match(machineType ?? '', /^pc-q35-\d+\.\d+$/);
  const { items: nodes } = await scene.get<{ items: { metadata: { name: string } }[] }>('nodes');
  const targetNode = nodes.map(({ metadata }) => metadata.name).find((name) => name !== nodeName) ?? '';

  await scene.apply(migration('nowhere', { targetNode: 'node-9' }, { dryRun: true }));
  await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmop/nowhere');
  const { status: refused } = await getOperation(scene, 'nowhere');
  assert.match(refused?.message ?? '', /There is no node node-9/);

  const said = listen(scene, source);
  await scene.apply(documented('migration', 'VMOperation/migrate-my-vm', { 'node-2': targetNode }));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/migrate-my-vm', 240);
  const { status: moved } = await getOperation(scene, 'migrate-my-vm');
  assert.deepEqual(
    [moved?.result, moved?.migration?.sourceNode, moved?.migration?.method],
    [targetNode, nodeName, 'disks, then memory'],
  );
  const { status } = await getVm(scene, 'my-vm');
  assert.deepEqual([status?.phase, status?.nodeName, status?.podName], ['Running', targetNode, 'my-vm-2']);
  assert.deepEqual(status?.movedDisks, [{ name: 'root', pvc: 'my-vm-root.2' }]);
  assert.equal(status.networks?.[0]?.macAddress, networks?.[0]?.macAddress);
  assert.equal(status.machineType, machineType);

  const before = ticksIn(await said);
  await consoleLine(scene, 'my-vm-2', new RegExp(`^tick ${(before.at(-1) ?? 0) + 3} `));
  const all = [...before, ...ticksIn(await scene.k('logs', 'my-vm-2', '--container', 'qemu'))];
  assert.deepEqual(
    all,
    all.map((_, index) => index + 1),
  );
  await scene.waitFor('delete', 'pod/my-vm-1');
  await scene.waitFor('delete', 'pvc/my-vm-root');

  await scene.apply(documented('README', 'VMOperation/my-vm-to-another-node', { '1Gbps': '1Mbps' }));
  await scene.waitFor('jsonpath={.status.migration.phase}=CopyingDisks', 'vm/my-vm');
  await scene.k('patch', 'vmop/my-vm-to-another-node', '--type=merge', '--patch={"spec":{"cancel":true}}');
  await scene.waitFor('jsonpath={.status.phase}=Cancelled', 'vmop/my-vm-to-another-node');
  await scene.waitFor('delete', 'pod/my-vm-3');
  await scene.waitFor('delete', 'pvc/my-vm-root.3');
  await scene.waitFor('jsonpath={.status.phase}=Running', 'vm/my-vm');
  const last = ticksIn(await scene.k('logs', 'my-vm-2', '--container', 'qemu')).at(-1) ?? 0;
  await consoleLine(scene, 'my-vm-2', new RegExp(`^tick ${last + 2} `));

  await operate(scene, 'my-vm', 'restart');
  await consoleLine(scene, 'my-vm-4', /^BOOTS 2$/);
});
