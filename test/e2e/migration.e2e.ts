/**
 * Guarantee: a running guest goes to another node, with a disk that both nodes mount and one that only one can, and counts on
 * without a gap; its disks hold what it wrote, its snapshots go with them, it is the same machine at the same address of its
 * own, and its Service leads to it there. The manifests are those of the documents, and the requirement's own. One that is
 * called off goes on where it is, and nothing is left of the other. A wish that its new node does not grant, to go before its
 * memory, is told and no obstacle. One that need not run is shut down and boots elsewhere. What cannot be is refused before
 * anything is done.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findCondition, type VMSnapshot } from '@hypersdk/api';
import { waitFor } from '../cluster/waiting.ts';
import { clientPod } from './stage/client-pod.ts';
import { documented } from './stage/documents.ts';
import { exposed, slice } from './stage/exposed.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { identity } from './stage/identity.ts';
import { operationOn } from './stage/manifests.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';
import { counting, listen, ticks, ticksIn } from './stage/ticks.ts';

/** As the requirement and the documents call it. */
const VM = 'my-vm';

const disks = [
  { name: 'root', size: '256Mi', cloneMode: 'full' as const },
  { name: 'shared', size: '64Mi', accessMode: 'ReadWriteMany' as const },
];

const before = {
  ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot', metadata: { name: 'before' } },
  spec: { vmRef: { name: VM } },
};

/** Where the snapshot's layer of the disk that is copied lies. */
async function keptIn({ get }: Scene): Promise<string | undefined> {
  const { status } = await get<VMSnapshot>('vmsnap', 'before');
  return status?.disks?.find(({ name }) => name === 'root')?.pvc;
}

const migration = (name: string, migrateSpec: object, more = {}): object => {
  const operation = operationOn(VM, 'migrate');
  return { ...operation, metadata: { name }, spec: { ...operation.spec, ...more, migrateSpec } };
};

it('moves a running guest with its disks to another node, calls a move off, and refuses what cannot be', async (t) => {
  const scene = await openScene(t);
  const source = await counting(scene, VM, { disks });
  const vm = await getVm(scene, VM);
  const { nodeName, networks, machineType, conditions } = vm.status ?? {};
  assert.match(findCondition(conditions, 'Migratable')?.message ?? '', /copied for it: root$/);
  assert.match(machineType ?? '', /^pc-q35-\d+\.\d+$/);
  const { items: nodes } = await scene.get<{ items: { metadata: { name: string } }[] }>('nodes');
  const targetNode = nodes.map(({ metadata }) => metadata.name).find((name) => name !== nodeName) ?? '';

  await scene.apply(migration('nowhere', { targetNode: 'node-9' }, { dryRun: true }));
  await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmop/nowhere');
  const { status: refused } = await getOperation(scene, 'nowhere');
  assert.match(refused?.message ?? '', /There is no node node-9/);

  await consoleLine(scene, source, /^NET-UP /);
  const known = await identity(scene, source);
  const [client, service] = await Promise.all([clientPod(scene, vm), exposed(scene, VM)]);
  const served = await client.fetch(`http://${service}:8000/`);

  await scene.apply(before);
  await scene.waitFor('condition=Ready', 'vmsnap/before');

  const said = listen(scene, source);
  await scene.apply(documented('migration', 'VMOperation/migrate-my-vm', { 'node-2': targetNode }));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/migrate-my-vm', 240);
  const { status: moved } = await getOperation(scene, 'migrate-my-vm');
  assert.deepEqual(
    [moved?.result, moved?.migration?.sourceNode, moved?.migration?.method],
    [targetNode, nodeName, 'disks, then memory'],
  );
  const { status } = await getVm(scene, VM);
  assert.deepEqual([status?.phase, status?.nodeName, status?.podName], ['Running', targetNode, `${VM}-2`]);
  assert.deepEqual(status?.movedDisks, [{ name: 'root', pvc: `${VM}-root.2` }]);
  assert.equal(status.networks?.[0]?.macAddress, networks?.[0]?.macAddress);
  assert.equal(status.machineType, machineType);

  await scene.waitFor(
    `jsonpath={.endpoints[?(@.conditions.ready==true)].addresses[0]}=${status.ipAddresses?.[0] ?? ''}`,
    `endpointslice/${await slice(scene, VM)}`,
  );
  // The nodes' rules follow the endpoints by a moment, and a connection that was begun before them waits in vain.
  const answer = () => client.fetch(`http://${service}:8000/`).catch(() => undefined);
  assert.equal(await waitFor({ until: 'the Service leads to the guest', seconds: 120 }, answer), served);
  assert.deepEqual(await identity(scene, `${VM}-2`), known);
  await typeCommand(scene, `${VM}-2`, 'links');
  await consoleLine(scene, `${VM}-2`, /^LINK eth0 10\.0\.2\.2\//);

  const counted = ticksIn(await said);
  await consoleLine(scene, `${VM}-2`, new RegExp(`^tick ${(counted.at(-1) ?? 0) + 3} `));
  const all = [...counted, ...(await ticks(scene, `${VM}-2`))];
  assert.deepEqual(
    all,
    all.map((_, index) => index + 1),
  );
  await scene.waitFor('delete', `pod/${VM}-1`);
  await scene.waitFor('delete', `pvc/${VM}-root`);
  assert.equal(await keptIn(scene), `${VM}-root.2`);

  await scene.apply(documented('README', 'VMOperation/my-vm-to-another-node', { '1Gbps': '1Mbps' }));
  await scene.waitFor('jsonpath={.status.migration.phase}=CopyingDisks', `vm/${VM}`);
  await scene.k('patch', 'vmop/my-vm-to-another-node', '--type=merge', '--patch={"spec":{"cancel":true}}');
  await scene.waitFor('jsonpath={.status.phase}=Cancelled', 'vmop/my-vm-to-another-node');
  await scene.waitFor('delete', `pod/${VM}-3`);
  await scene.waitFor('delete', `pvc/${VM}-root.3`);
  await scene.waitFor('jsonpath={.status.phase}=Running', `vm/${VM}`);
  const last = (await ticks(scene, `${VM}-2`)).at(-1) ?? 0;
  await consoleLine(scene, `${VM}-2`, new RegExp(`^tick ${last + 2} `));

  await scene.apply(documented('migration', 'VMOperation/migrate-busy-vm'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/migrate-busy-vm', 240);
  const { status: busy } = await getOperation(scene, 'migrate-busy-vm');
  assert.deepEqual([busy?.result, busy?.migration?.postCopy?.possible], [nodeName, false]);
  assert.match(busy?.migration?.postCopy?.reason ?? '', /userfault/i);

  await scene.apply(migration('cold', { live: false }));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/cold', 240);
  assert.equal((await getOperation(scene, 'cold')).status?.result, targetNode);
  await consoleLine(scene, `${VM}-5`, /^BOOTS 2$/);

  const restore = operationOn(VM, 'restore');
  const restoreSpec = { snapshotRef: { name: 'before' } };
  await scene.apply({ ...restore, metadata: { name: 'back' }, spec: { ...restore.spec, restoreSpec } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/back', 240);
  await scene.waitFor(`jsonpath={.status.podName}=${VM}-6`, `vm/${VM}`);
  await consoleLine(scene, `${VM}-6`, /^BOOTS 2$/);
  assert.equal(await keptIn(scene), `${VM}-root.4`);
});
