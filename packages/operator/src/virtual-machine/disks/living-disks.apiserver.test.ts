/**
 * Guarantee: whatever write their operator dies at, a running VM's disks come to what its spec says: one grows, claim first;
 * one goes and comes back; one that is new to its pod is served by one other pod, until it goes. The guest stays in its pod,
 * and every claim stays.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, type VirtualMachine } from '@hypersdk/api';
import { PersistentVolumeClaims, Pods } from '@hypersdk/kube';
import { deathsOf } from '../../testing/deaths.ts';
import { runOperator, runUntilEnd } from '../../testing/operator-under-test.ts';
import { pretendStorage, STORAGE_CLASS } from '../../testing/pretend-storage.ts';
import { pretendWorkers } from '../../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, type Stage } from '../../testing/stage.ts';

let stage: Stage;
const VM = 'lives';
const stopping = new AbortController();
before(async () => {
  stage = await openStage('127.0.134');
  await Promise.all([pretendWorkers(stage, stopping.signal), pretendStorage(stage, stopping.signal)]);
  const operator = await runOperator(stage.client, stage.authorities);
  const spec = { cpus: 1, memory: '64Mi', running: true, disks: [disk('root'), disk('data')] };
  await stage.client.create(VirtualMachines, { metadata: key(VM), spec } as never); // the server fills the rest in
  await becomes(stage, VirtualMachines, VM, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  await operator.stop();
});
after(async () => {
  stopping.abort();
  await stage.close();
});

const key = (name: string) => ({ namespace: stage.namespace, name });
const disk = (name: string, gibibytes = 1) => ({
  ...{ name, size: `${gibibytes}Gi`, storageClass: STORAGE_CLASS },
});
type Disks = readonly ReturnType<typeof disk>[];

const rows: {
  readonly what: string;
  /** What the spec says, one after the other. */
  readonly edits: (number: number) => readonly Disks[];
  readonly writes: number;
}[] = [
  {
    what: 'grows',
    edits: (number) => [[disk('root', 1 + number), disk('data')]],
    writes: 2,
  },
  {
    what: 'goes and comes back',
    edits: () => [[disk('root')], [disk('root'), disk('data')]],
    writes: 2,
  },
  {
    what: 'is new, and goes',
    edits: (number) => [
      [disk('root'), disk('data'), disk(`more-${number}`)],
      [disk('root'), disk('data')],
    ],
    writes: 5,
  },
];

/** Disks never shrink. */
let grown = 1;
/** Names of disks that have a pod of their own. */
let served: string[] = [];
const withGrown = (disks: Disks): Disks =>
  disks.map((each) => (each.name === 'root' ? { ...each, size: `${grown}Gi` } : each));

async function edit(disks: Disks): Promise<void> {
  const [root] = disks;
  grown = Math.max(grown, Number(root?.size.replace('Gi', '')));
  const wanted = withGrown(disks);
  const patch = { spec: { disks: wanted } };
  await stage.client.mergePatch(VirtualMachines, key(VM), patch as never); // the server fills the rest in
  await becomes(stage, VirtualMachines, VM, (vm) => hasDisks(vm, wanted));
  const now = disks.map(({ name }) => name).filter((name) => name.startsWith('more-'));
  for (const name of new Set([...served, ...now])) {
    await becomes(stage, Pods, `${VM}-1.${name}`, (pod) => (pod !== undefined) === now.includes(name));
  }
  served = now;
}

function hasDisks(vm: VirtualMachine | undefined, wanted: Disks): boolean {
  const told = vm?.status?.disks?.map(({ name, size }) => `${name} ${size ?? ''}`).sort();
  return (
    told?.join() ===
    wanted
      .map(({ name, size }) => `${name} ${size}`)
      .sort()
      .join()
  );
}

describe('whatever write the operator dies at, a disk of a running VM', () => {
  for (const { what, edits, writes } of rows) {
    it(what, async (t) => {
      const claims = await uids();
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const first = await runUntilEnd(t, mortal.client, stage.authorities);
        const done = inTurn(edits(number));
        await Promise.race([mortal.died, done]);
        await first.stop();
        const second = await runUntilEnd(t, stage.client, stage.authorities);
        await done;
        await second.stop();
        const vm = await stage.client.get(VirtualMachines, key(VM));
        assert.deepEqual([vm.status?.podName, vm.status?.phase], [`${VM}-1`, 'Running']);
      });
      assert.ok(deaths >= writes, `it takes ${deaths} writes`);
      const left = await uids();
      for (const [name, uid] of claims) assert.equal(left.get(name), uid, name);
    });
  }
});

async function inTurn(edits: readonly Disks[]): Promise<void> {
  for (const disks of edits) await edit(disks);
}

async function uids(): Promise<Map<string, string | undefined>> {
  const { items } = await stage.client.list(PersistentVolumeClaims, { namespace: stage.namespace });
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]));
}
