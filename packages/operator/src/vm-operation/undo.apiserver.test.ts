/**
 * Guarantee: an operation that comes to nothing is undone whatever write its operator dies at: spec is as it was, what it
 * began is gone, and the disks go back to the snapshot that was taken before it.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, type VMOperation, type VMOperationManifest } from '@hypersdk/api';
import { NotFoundError } from '@hypersdk/kube';
import { VMSnapshots } from '../resources.ts';
import { deathsOf } from '../testing/deaths.ts';
import { runOperator, runUntilEnd } from '../testing/operator-under-test.ts';
import { pretendWorkers } from '../testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../testing/stage.ts';

let stage: Stage;
const stopping = new AbortController();
/** A VM that has run, is off, and cannot start: no node offers KVM. */
const VM = 'rests';
before(async () => {
  stage = await openStage('127.0.131');
  await pretendWorkers(stage, stopping.signal);
  const operator = await runOperator(stage.client, stage.authorities);
  const spec = { cpus: 1, memory: '64Mi', running: true, disks: [{ name: 'root', size: '1Gi' }] };
  await stage.client.create(VirtualMachines, { metadata: key(VM), spec } as never); // the server fills the rest in
  await becomes(stage, VirtualMachines, VM, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  const off = { spec: { running: false, acceleration: 'kvm' as const } };
  await stage.client.mergePatch(VirtualMachines, key(VM), off);
  await becomes(stage, VirtualMachines, VM, (vm) => vm?.status?.phase === 'Stopped');
  await operator.stop();
});
after(async () => {
  stopping.abort();
  await stage.close();
});

interface Row {
  readonly name: string;
  readonly spec: Partial<VMOperationManifest['spec']>;
  /** Brings it about that the operation is undone. */
  readonly stop: (operation: string) => Promise<unknown>;
  readonly phase: string;
  readonly also?: (operation: VMOperation) => Promise<void>;
}

const rows: Row[] = [
  {
    name: 'that is cancelled once it is begun',
    spec: {},
    stop: async (operation) => {
      await becomes(stage, VMOperations, operation, (found) => found?.status?.steps !== undefined);
      await stage.client.mergePatch(VMOperations, key(operation), { spec: { cancel: true } });
    },
    phase: 'Cancelled',
  },
  {
    name: 'whose time is over, and that is to be rolled back',
    spec: { rollbackOnFailure: true, timeout: '1s' },
    stop: () => Promise.resolve(),
    phase: 'Failed',
    also: isRolledBack,
  },
];

describe('an operation whose operator dies after any write', () => {
  for (const { name, spec, stop, phase, also } of rows) {
    it(`${name}, leaves the VM as it was`, async (t) => {
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const operation = `${phase.toLowerCase()}-${number}`;
        const first = await runUntilEnd(t, mortal.client, stage.authorities);
        await begin(operation, spec);
        const end = stop(operation).then(() => ends(operation));
        await Promise.race([mortal.died, end]);
        await first.stop();
        const second = await runUntilEnd(t, stage.client, stage.authorities);
        const ended = await end;
        assert.deepEqual([ended.status?.phase, ended.status?.ending], [phase, undefined]);
        await becomes(stage, VirtualMachines, VM, (vm) => vm?.status?.phase === 'Stopped');
        assert.equal((await stage.client.get(VirtualMachines, key(VM))).spec.running, false);
        await also?.(ended);
        await second.stop();
      });
      assert.ok(deaths >= 6, `it takes ${deaths} writes`);
    });
  }
});

const key = (name: string) => ({ namespace: stage.namespace, name });

async function begin(name: string, spec: Row['spec']): Promise<void> {
  const operation = { metadata: key(name), spec: { vmRef: { name: VM }, operation: 'start', ...spec } };
  await stage.client.create(VMOperations, operation as never); // the server fills the rest in
}

async function ends(name: string): Promise<VMOperation> {
  const isOver = (found: VMOperation | undefined): boolean => found?.status?.completionTime !== undefined;
  const ended = await becomes(stage, VMOperations, name, isOver);
  assert.ok(ended);
  return ended;
}

/** Its time may have been over before the snapshot was there: then nothing was begun, and no half of one is left. */
async function isRolledBack({ metadata, status }: VMOperation): Promise<void> {
  const isBegun = status?.steps?.some(({ name }) => name === 'start') ?? false;
  assert.equal(/Rolled back to VMSnapshot/.test(status?.message ?? ''), isBegun, status?.message);
  const snapshot = await stage.client
    .get(VMSnapshots, key(`${metadata.name}-before`))
    .catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
  const isWhole = snapshot?.status?.readyToRestore === true;
  if (isBegun) assert.ok(isWhole);
  else assert.ok(isWhole || !snapshot || snapshot.metadata.deletionTimestamp !== undefined);
}
