/**
 * Guarantee: whatever write their operator dies at, a snapshot is taken once, one that is deleted goes, and a VM goes back to one
 * exactly once; the VM is then as it was, on or off, and nobody holds its disks. What was to be kept is kept before it goes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Finalizers, isConditionTrue, type VirtualMachine, type VMSnapshot } from '@hypersdk/api';
import { isOwnedBy, PersistentVolumeClaims, Pods } from '@hypersdk/kube';
import { MANAGED } from '../caches.ts';
import { unlessGone } from '../idempotent.ts';
import { VMSnapshots } from '../resources.ts';
import { deathsOf } from '../testing/deaths.ts';
import { runOperator, runUntilEnd } from '../testing/operator-under-test.ts';
import { pretendWorkers } from '../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../testing/stage.ts';

let stage: Stage;
const stopping = new AbortController();
before(async () => {
  stage = await openStage('127.0.128');
  await pretendWorkers(stage, stopping.signal);
  const operator = await runOperator(stage.client, stage.authorities);
  for (const name of ['runs', 'rests']) await createVm(name);
  await stage.client.mergePatch(VirtualMachines, key('rests'), { spec: { running: false } });
  await becomes(stage, VirtualMachines, 'rests', (vm) => vm?.status?.phase === 'Stopped');
  await operator.stop();
});
after(async () => {
  stopping.abort();
  await stage.close();
});

const key = (name: string) => ({ namespace: stage.namespace, name });

async function createVm(name: string): Promise<void> {
  const spec = { cpus: 1, memory: '64Mi', running: true, disks: [{ name: 'root', size: '1Gi' }] };
  await stage.client.create(VirtualMachines, { metadata: key(name), spec } as VirtualMachine); // the server fills the rest in
  await becomes(stage, VirtualMachines, name, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
}

function createSnapshot(vm: string, name: string): Promise<VMSnapshot> {
  const snapshot = { metadata: key(name), spec: { vmRef: { name: vm } } };
  return stage.client.create(VMSnapshots, snapshot as VMSnapshot); // as above
}

/** As if an operator had made it. */
async function createReadySnapshot(
  vm: string,
  name: string,
  changes: VMSnapshot['status'] = {},
): Promise<void> {
  const { metadata } = await stage.client.get(VirtualMachines, key(vm));
  const created = await createSnapshot(vm, name);
  const held = await stage.client.mergePatch(VMSnapshots, key(name), {
    metadata: { finalizers: [Finalizers.vmSnapshot] },
  });
  const status = { phase: 'Ready', readyToRestore: true, vmUid: metadata.uid, ...changes } as const;
  await stage.client.replaceStatus(VMSnapshots, { ...created, ...held, status });
}

const restoring = (vm: string, snapshot: string) => ({
  vmRef: { name: vm },
  operation: 'restore',
  restoreSpec: { snapshotRef: { name: snapshot } },
});

const isReady = (name: string): Promise<unknown> =>
  becomes(stage, VMSnapshots, name, (found) => found?.status?.phase === 'Ready');
const isGone = (name: string): Promise<unknown> =>
  becomes(stage, VMSnapshots, name, (found) => found === undefined);

async function isKept(vm: string, name: string): Promise<void> {
  const { metadata } = await stage.client.get(VMSnapshots, key(name));
  const claim = await stage.client.get(PersistentVolumeClaims, key(`${vm}-root`));
  assert.ok(isOwnedBy(claim, metadata.uid ?? ''));
  assert.ok(metadata.finalizers?.includes(Finalizers.vmSnapshot));
}

/** By one operation, whoever made it. */
async function wasRestoredOnce(snapshot: string): Promise<void> {
  const { items } = await stage.client.list(VMOperations, { namespace: stage.namespace });
  const made = items.filter(({ spec }) => spec.restoreSpec?.snapshotRef.name === snapshot);
  assert.deepEqual(
    made.map(({ status }) => status?.phase),
    ['Succeeded'],
  );
}

interface Row {
  readonly what: string;
  readonly vm: 'runs' | 'rests';
  readonly writes: number;
  /** Before the operator lives. */
  readonly prepare?: (name: string) => Promise<unknown>;
  readonly begin: (name: string) => Promise<unknown>;
  readonly end: (name: string) => Promise<unknown>;
  readonly check?: (name: string) => Promise<unknown>;
}

const memory = {
  ...{ disk: 'root', file: 'memory.state', bytes: 1, qemuVersion: '10.0.0', acceleration: 'tcg' as const },
  shape: {
    ...{ uuid: 'a', machineType: 'q35', cpus: 1, memory: 64 * 1024 * 1024, firmware: 'bios' },
    ...{ disks: ['root:disk'], networks: ['default:masquerade:02:00:00:00:00:01'] },
    ...{ seed: false, guestAgent: true },
  },
};
const revert = (name: string) => ({ spec: { snapshot: { revertToRef: { name } } } });
const rows: Row[] = [
  ...(['runs', 'rests'] as const).flatMap((vm): Row[] => [
    {
      ...{ what: `a snapshot is taken of a VM that ${vm}`, vm, writes: 5 },
      begin: (name) => createSnapshot(vm, name),
      end: isReady,
      check: (name) => isKept(vm, name),
    },
    {
      ...{ what: `a snapshot of a VM that ${vm} is deleted`, vm, writes: 3 },
      prepare: (name) => createReadySnapshot(vm, name),
      begin: (name) => stage.client.delete(VMSnapshots, key(name)),
      end: isGone,
    },
  ]),
  {
    ...{ what: 'a VM that runs goes back to a snapshot with memory', vm: 'runs', writes: 20 },
    prepare: (name) => createReadySnapshot('runs', name, { memory, disks: [{ name: 'root' }] }),
    begin: (name) =>
      stage.client.create(VMOperations, { metadata: key(name), spec: restoring('runs', name) } as never), // as above
    end: (name) => becomes(stage, VMOperations, name, (found) => found?.status?.phase === 'Succeeded'),
    check: wasRestoredOnce,
  },
  {
    ...{ what: 'a VM that rests is reverted by its spec', vm: 'rests', writes: 6 },
    prepare: (name) => createReadySnapshot('rests', name),
    begin: (name) => stage.client.mergePatch(VirtualMachines, key('rests'), revert(name)),
    end: (name) => becomes(stage, VirtualMachines, 'rests', (vm) => vm?.status?.revertedTo === name),
    check: wasRestoredOnce,
  },
  {
    ...{ what: 'a VM that rests is reverted by its spec and switched on', vm: 'rests', writes: 10 },
    prepare: (name) => createReadySnapshot('rests', name),
    begin: (name) => {
      const spec = { ...revert(name).spec, running: true };
      return stage.client.mergePatch(VirtualMachines, key('rests'), { spec });
    },
    end: async (name) => {
      await becomes(stage, VirtualMachines, 'rests', (vm) => vm?.status?.revertedTo === name);
      await stage.client.mergePatch(VirtualMachines, key('rests'), { spec: { running: false } });
    },
    check: wasRestoredOnce,
  },
];

/** On or off as before, in peace, and no pod works on its disks. */
async function isAtRest(name: string): Promise<void> {
  const phase = name === 'runs' ? 'Running' : 'Stopped';
  await becomes(
    stage,
    VirtualMachines,
    name,
    (vm) => vm?.status?.phase === phase && vm.status.disksHeldFor === undefined,
  );
  const { items } = await stage.client.list(Pods, { namespace: stage.namespace, labelSelector: MANAGED });
  const workers = items.filter(
    ({ spec, status }) => spec?.containers[0]?.name === 'keeper' && status?.phase !== 'Succeeded',
  );
  assert.deepEqual(workers, []);
}

describe('whatever write the operator dies at,', () => {
  for (const { what, vm, writes, prepare, begin, end, check } of rows) {
    it(what, async (t) => {
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const name = `${what.replaceAll(' ', '-').toLowerCase()}-${number}`;
        await prepare?.(name);
        const first = await runUntilEnd(t, mortal.client, stage.authorities);
        await begin(name);
        await Promise.race([mortal.died, end(name).then(() => isAtRest(vm))]);
        await first.stop();
        const second = await runUntilEnd(t, stage.client, stage.authorities);
        await end(name);
        await check?.(name);
        await isAtRest(vm);
        await unlessGone(stage.client.delete(VMSnapshots, key(name)));
        await isGone(name);
        await second.stop();
      });
      assert.ok(deaths >= writes, `it takes ${deaths} writes`);
    });
  }
});

describe('applied together,', () => {
  for (const vm of ['runs', 'rests'] as const) {
    it(`a snapshot of a VM that ${vm} is taken before the VM goes back to another`, async (t) => {
      const [former, taken, operation] = [`${vm}-former`, `${vm}-z-taken`, `${vm}-a-restore`];
      await createReadySnapshot(vm, former, { disks: [{ name: 'root' }] });
      await createSnapshot(vm, taken);
      const spec = restoring(vm, former);
      await stage.client.create(VMOperations, { metadata: key(operation), spec } as never); // the server fills the rest in
      await runUntilEnd(t, stage.client, stage.authorities);
      const restored = await becomes(stage, VMOperations, operation, (found) => isOver(found?.status?.phase));
      const { status } = await stage.client.get(VMSnapshots, key(taken));
      assert.deepEqual([restored?.status?.phase, status?.phase], ['Succeeded', 'Ready']);
      const [holds, began] = [status?.creationTime, restored?.status?.startTime].map(
        (time) => new Date(time ?? ''),
      );
      assert.ok(
        Number(holds) <= Number(began),
        `it holds ${holds?.toISOString()}, restored ${began?.toISOString()}`,
      );
      await isAtRest(vm);
    });
  }
});

const isOver = (phase: string | undefined): boolean => /^(Succeeded|Failed|Cancelled)$/.test(phase ?? '');
