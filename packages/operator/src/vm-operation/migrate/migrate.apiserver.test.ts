/**
 * Guarantee: a migration, be it of a node that is drained, comes to its end whatever write its operator dies at, and where
 * two operators act at once: the pod that has the guest is never deleted and no third is made, and nothing is left of the
 * other.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { VMOperation, VMOperationManifest } from '@hypersdk/api';
import {
  defineResource,
  Nodes,
  PersistentVolumeClaims,
  Pods,
  type KubeObject,
  type Pod,
} from '@hypersdk/kube';
import { deathsOf } from '../../testing/deaths.ts';
import { runUntilEnd } from '../../testing/operator-under-test.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../../testing/stage.ts';

/** A scheduler's word. */
const Bindings = defineResource<KubeObject & { readonly target: object }>({
  ...{ group: '', version: 'v1', plural: 'bindings', kind: 'Binding', namespaced: true },
});

let stage: Stage;
const NODES = ['migrates-1', 'migrates-2'];
const isOurs = (node: string): boolean => NODES.includes(node) || node.startsWith('of-drained-');
before(async () => {
  stage = await openStage('127.0.133');
  for (const name of NODES) await stage.client.create(Nodes, { metadata: { name } });
});
after(async () => {
  const { items } = await stage.client.list(Nodes);
  for (const { metadata } of items.filter(({ metadata: { name } }) => isOurs(name)))
    await stage.client.delete(Nodes, metadata);
  await stage.close();
});

interface Row {
  readonly name: string;
  /** What its VMs' names begin with. */
  readonly prefix: string;
  /** Has the guest moved; resolves with the operation's name. */
  readonly ask: (vm: string) => Promise<string>;
  readonly phase: string;
  /** Number of the pod that has the guest in the end. */
  readonly epoch: number;
  /** And of the volume. */
  readonly claim: (vm: string) => string;
}

const rows: Row[] = [
  {
    ...{ name: 'that has come to its end', prefix: 'moved', ask: (vm) => askFor(vm, {}) },
    ...{ phase: 'Succeeded', epoch: 2, claim: (vm) => `${vm}-root.2` },
  },
  {
    ...{ name: 'that is called off while the guest is sent', prefix: 'called-off' },
    ask: async (vm) => {
      await askFor(vm, { bandwidth: '1Kbps' });
      await becomes(stage, VMOperations, vm, (found) => found?.status?.migration?.method !== undefined);
      await stage.client.mergePatch(VMOperations, key(vm), { spec: { cancel: true } });
      return vm;
    },
    ...{ phase: 'Cancelled', epoch: 1, claim: (vm) => `${vm}-root` },
  },
  {
    ...{ name: 'off a node that is drained', prefix: 'drained', ask: drainNodeOf },
    ...{ phase: 'Succeeded', epoch: 2, claim: (vm) => `${vm}-root.2` },
  },
];

async function askFor(vm: string, migrateSpec: VMOperationManifest['spec']['migrateSpec']): Promise<string> {
  const spec = { vmRef: { name: vm }, operation: 'migrate', migrateSpec };
  await stage.client.create(VMOperations, { metadata: key(vm), spec } as never); // the server fills the rest in
  return vm;
}

/** Its pod is found to be on a node that is cordoned. */
async function drainNodeOf(vm: string): Promise<string> {
  const node = `of-${vm}`;
  await stage.client.create(Nodes, { metadata: { name: node }, spec: { unschedulable: true } });
  const target = { apiVersion: 'v1', kind: 'Node', name: node };
  await stage.client.create(Bindings, { metadata: key(`${vm}-1`), target });
  return `${vm}-drain-1-1`;
}

describe('a migration', () => {
  for (const row of rows) {
    it(`${row.name} leaves one guest, whatever write its operator dies at`, async (t) => {
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const vm = `${row.prefix}-${number}`;
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

async function migrate(vm: string, { ask }: Row): Promise<VMOperation> {
  const name = await ask(vm);
  const hasEnded = (found?: VMOperation): boolean => found?.status?.completionTime !== undefined;
  const ended = await becomes(stage, VMOperations, name, hasEnded);
  assert.ok(ended);
  return ended;
}

async function assertEnd(vm: string, { phase, epoch, claim }: Row, { status }: VMOperation): Promise<void> {
  assert.equal(status?.phase, phase, status?.message);
  const { items } = await stage.client.list(VMOperations, { namespace: stage.namespace });
  assert.equal(items.filter(({ spec }) => spec.vmRef.name === vm).length, 1, 'it is asked for once');
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
