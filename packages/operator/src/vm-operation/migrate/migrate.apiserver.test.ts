/**
 * Guarantee: a migration comes to its end whatever write its operator dies at, and where two operators act at once: the pod
 * that has the guest is never deleted and no third is made, and nothing is left of the other.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { VMOperation, VMOperationManifest } from '@hypersdk/api';
import { Nodes, PersistentVolumeClaims, Pods, type Pod } from '@hypersdk/kube';
import { deathsOf } from '../../testing/deaths.ts';
import { runUntilEnd } from '../../testing/operator-under-test.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../../testing/stage.ts';

let stage: Stage;
const NODES = ['migrates-1', 'migrates-2'];
before(async () => {
  stage = await openStage('127.0.133');
  for (const name of NODES) await stage.client.create(Nodes, { metadata: { name } });
});
after(async () => {
  for (const name of NODES) await stage.client.delete(Nodes, { name });
  await stage.close();
});

interface Row {
  readonly name: string;
  readonly migrateSpec: VMOperationManifest['spec']['migrateSpec'];
  /** What the user does meanwhile. */
  readonly meanwhile?: (operation: string) => Promise<unknown>;
  readonly phase: string;
  /** Number of the pod that has the guest in the end. */
  readonly epoch: number;
  /** And of the volume. */
  readonly claim: (vm: string) => string;
}

const rows: Row[] = [
  {
    name: 'that has come to its end',
    migrateSpec: {},
    ...{ phase: 'Succeeded', epoch: 2, claim: (vm) => `${vm}-root.2` },
  },
  {
    name: 'that is called off while the guest is sent',
    migrateSpec: { bandwidth: '1Kbps' },
    meanwhile: async (operation) => {
      await becomes(
        stage,
        VMOperations,
        operation,
        (found) => found?.status?.migration?.method !== undefined,
      );
      await stage.client.mergePatch(VMOperations, key(operation), { spec: { cancel: true } });
    },
    ...{ phase: 'Cancelled', epoch: 1, claim: (vm) => `${vm}-root` },
  },
];

describe('a migration', () => {
  for (const row of rows) {
    it(`${row.name} leaves one guest, whatever write its operator dies at`, async (t) => {
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const vm = `${row.phase.toLowerCase()}-${number}`;
        await standing(t, vm);
        const first = await runUntilEnd(t, mortal.client, stage.authorities);
        const end = migrate(vm, row);
        await Promise.race([mortal.died, end]);
        await first.stop();
        const second = await runUntilEnd(t, stage.client, stage.authorities);
        await assertEnd(vm, row, await end);
        await second.stop();
        await remove(vm);
      });
      t.diagnostic(`${deaths} deaths`);
      assert.ok(deaths >= 8, `it takes ${deaths} writes`);
    });
  }

  it('that two operators see to at once leaves one guest', async (t) => {
    const [row] = rows;
    assert.ok(row);
    await standing(t, 'twice');
    await runUntilEnd(t, stage.client, stage.authorities);
    await runUntilEnd(t, stage.client, stage.authorities);
    await assertEnd('twice', row, await migrate('twice', row));
  });
});

const key = (name: string) => ({ namespace: stage.namespace, name });

/** A VM that runs, and no operator. */
async function standing(t: TestContext, name: string): Promise<void> {
  const operator = await runUntilEnd(t, stage.client, stage.authorities);
  const spec = { cpus: 1, memory: '64Mi', running: true, disks: [{ name: 'root', size: '1Gi' }] };
  await stage.client.create(VirtualMachines, { metadata: key(name), spec } as never); // the server fills the rest in
  await becomes(stage, VirtualMachines, name, (vm) => vm?.status?.phase === 'Running');
  await operator.stop();
}

async function migrate(vm: string, { migrateSpec, meanwhile }: Row): Promise<VMOperation> {
  const spec = { vmRef: { name: vm }, operation: 'migrate', migrateSpec };
  await stage.client.create(VMOperations, { metadata: key(vm), spec } as never); // the server fills the rest in
  await meanwhile?.(vm);
  const ended = await becomes(
    stage,
    VMOperations,
    vm,
    (found) => found?.status?.completionTime !== undefined,
  );
  assert.ok(ended);
  return ended;
}

async function assertEnd(vm: string, { phase, epoch, claim }: Row, { status }: VMOperation): Promise<void> {
  assert.equal(status?.phase, phase, status?.message);
  const pod = `${vm}-${epoch}`;
  const other = `${vm}-${3 - epoch}`;
  await becomes(stage, Pods, other, (found) => found === undefined);
  await becomes(
    stage,
    VirtualMachines,
    vm,
    (found) =>
      found?.status?.epoch === epoch && found.status.podName === pod && found.status.phase === 'Running',
  );
  await becomes(stage, PersistentVolumeClaims, claim(vm), (found) => found !== undefined);
  const dropped = epoch === 1 ? `${vm}-root.2` : `${vm}-root`;
  // There is no controller that would take its finalizer away.
  await becomes(
    stage,
    PersistentVolumeClaims,
    dropped,
    (found) => found?.metadata.deletionTimestamp !== undefined || !found,
  );
  const pods = stage.node.pods.list().filter(({ metadata }: Pod) => metadata.name.startsWith(`${vm}-`));
  assert.deepEqual(
    pods.map(({ metadata }) => [metadata.name, metadata.deletionTimestamp]),
    [[pod, undefined]],
  );
  const started = stage.node.started.filter((name) => name.startsWith(`${vm}-`));
  // One that is called off early never had a target.
  const targets = epoch === 2 || started.length > 1 ? [`${vm}-2`] : [];
  assert.deepEqual(started, [`${vm}-1`, ...targets]);
}

async function remove(vm: string): Promise<void> {
  await stage.client.delete(VirtualMachines, key(vm));
}
