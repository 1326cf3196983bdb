/**
 * Guarantee: a clone comes to its end whatever write its operator dies at: one VM that is nobody's but its own, a claim of
 * its own, and what it stands on kept for it; the source runs on, or is off, as it was.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, type VirtualMachine } from '@hypersdk/api';
import { isOwnedBy, PersistentVolumeClaims, type KubeObject } from '@hypersdk/kube';
import { VMClones } from '../../resources.ts';
import { deathsOf } from '../../testing/deaths.ts';
import { runOperator, runUntilEnd } from '../../testing/operator-under-test.ts';
import { pretendWorkers } from '../../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../../testing/stage.ts';

let stage: Stage;
const stopping = new AbortController();
before(async () => {
  stage = await openStage('127.0.125');
  await pretendWorkers(stage, stopping.signal);
  const operator = await runOperator(stage.client, stage.authorities);
  await createVm('runs', true);
  await createVm('rests', true);
  await becomes(stage, VirtualMachines, 'runs', isRunning);
  await becomes(stage, VirtualMachines, 'rests', isRunning);
  const rests = { namespace: stage.namespace, name: 'rests' };
  await stage.client.mergePatch(VirtualMachines, rests, { spec: { running: false } });
  await becomes(stage, VirtualMachines, 'rests', (vm) => vm?.status?.phase === 'Stopped');
  await operator.stop();
});
after(async () => {
  stopping.abort();
  await stage.close();
});

const isRunning = (vm: VirtualMachine | undefined): boolean =>
  isConditionTrue(vm?.status?.conditions, 'Running');

async function createVm(name: string, running: boolean): Promise<void> {
  const spec = { cpus: 1, memory: '64Mi', running, disks: [{ name: 'root', size: '1Gi' }] };
  const manifest = { metadata: { name, namespace: stage.namespace }, spec };
  await stage.client.create(VirtualMachines, manifest as VirtualMachine); // the server fills the rest in
}

interface Row {
  readonly name: string;
  readonly source: string;
  readonly begin: (target: string) => Promise<unknown>;
  readonly end: (target: string) => Promise<unknown>;
  readonly isLinked: boolean;
}

const rows: Row[] = [
  {
    name: 'by an operation, in full, of a VM that runs',
    ...{ source: 'runs', isLinked: false },
    begin: (target) =>
      stage.client.create(VMOperations, {
        metadata: { name: target, namespace: stage.namespace },
        spec: {
          ...{ vmRef: { name: 'runs' }, operation: 'clone' },
          cloneSpec: { targetName: target, mode: 'full' },
        },
      } as never), // the server fills the defaults in
    end: (target) => becomes(stage, VMOperations, target, (found) => found?.status?.phase === 'Succeeded'),
  },
  {
    name: 'by a VMClone, linked, of a VM that is off',
    ...{ source: 'rests', isLinked: true },
    begin: (target) =>
      stage.client.create(VMClones, {
        metadata: { name: target, namespace: stage.namespace },
        spec: { sourceRef: { name: 'rests' }, target: { name: target }, linked: true },
      } as never), // the server fills the defaults in
    end: (target) => becomes(stage, VMClones, target, (found) => found?.status?.phase === 'Ready'),
  },
];

describe('a clone whose operator dies after any write', () => {
  for (const { name, source, begin, end, isLinked } of rows) {
    it(`is made ${name}`, async (t) => {
      const before = await stage.client.get(VirtualMachines, key(source));
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const target = `${source}-${number}`;
        const first = await runUntilEnd(t, mortal.client, stage.authorities);
        await begin(target);
        await Promise.race([mortal.died, end(target)]);
        await first.stop();
        const second = await runUntilEnd(t, stage.client, stage.authorities);
        await end(target);
        await assertWhole(source, target, isLinked);
        await stage.client.delete(VirtualMachines, key(target));
        await becomes(stage, VirtualMachines, target, (found) => found === undefined);
        await second.stop();
      });
      assert.ok(deaths >= 10, `it takes ${deaths} writes`);
      const { status } = await stage.client.get(VirtualMachines, key(source));
      assert.deepEqual([status?.phase, status?.epoch], [before.status?.phase, before.status?.epoch]);
    });
  }
});

const key = (name: string) => ({ namespace: stage.namespace, name });

async function assertWhole(source: string, target: string, isLinked: boolean): Promise<void> {
  const { metadata } = await stage.client.get(VirtualMachines, key(target));
  assert.deepEqual(ownersOf({ metadata }), []);
  const claim = await stage.client.get(PersistentVolumeClaims, key(`${target}-root`));
  assert.deepEqual(ownersOf(claim), [metadata.uid]);
  const base = await stage.client.get(PersistentVolumeClaims, key(`${source}-root`));
  assert.equal(isOwnedBy(base, claim.metadata.uid ?? ''), isLinked);
}

const ownersOf = ({ metadata }: KubeObject): string[] =>
  (metadata.ownerReferences ?? []).map(({ uid }) => uid);
