/**
 * Guarantee: whatever write their operator dies at, operations on a living VM come to their ends, in turn and each once: it
 * stands still and goes on, is suspended and goes on, grows and shrinks in its pod, and reboots.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, type VirtualMachine, type VMOperationManifest } from '@hypersdk/api';
import { deathsOf } from '../testing/deaths.ts';
import { runOperator, runUntilEnd } from '../testing/operator-under-test.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../testing/stage.ts';

let stage: Stage;
const VM = 'lives';
before(async () => {
  stage = await openStage('127.0.132');
  const operator = await runOperator(stage.client, stage.authorities);
  const size = { cpus: 1, maxCpus: 4, memory: '64Mi' };
  const spec = { ...size, running: true, disks: [{ name: 'root', size: '1Gi' }] };
  await stage.client.create(VirtualMachines, { metadata: key(VM), spec } as never); // the server fills the rest in
  await becomes(stage, VirtualMachines, VM, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  await operator.stop();
});
after(() => stage.close());

const key = (name: string) => ({ namespace: stage.namespace, name });

type Asked = Pick<VMOperationManifest['spec'], 'operation' | 'resizeSpec'>;

const rows: {
  readonly what: string;
  readonly asked: readonly Asked[];
  readonly writes: number;
  /** Whether it goes on in the pod in which it was. */
  readonly staysInPod: boolean;
}[] = [
  {
    ...{ what: 'is paused and resumed', writes: 8, staysInPod: true },
    asked: [{ operation: 'pause' }, { operation: 'resume' }],
  },
  {
    ...{ what: 'is suspended and started', writes: 12, staysInPod: false },
    asked: [{ operation: 'suspend' }, { operation: 'start' }],
  },
  {
    ...{ what: 'grows and shrinks', writes: 10, staysInPod: true },
    asked: [
      { operation: 'resize', resizeSpec: { cpus: 3 } },
      { operation: 'resize', resizeSpec: { cpus: 1 } },
    ],
  },
  { what: 'is reset', writes: 4, staysInPod: true, asked: [{ operation: 'reset' }] },
];

/** One after the other; each is seen to its end. */
async function operate(name: string, asked: readonly Asked[]): Promise<void> {
  for (const [index, each] of asked.entries()) {
    const operation = `${name}-${index}`;
    const manifest = { metadata: key(operation), spec: { vmRef: { name: VM }, ...each } };
    await stage.client.create(VMOperations, manifest as never); // the server fills the rest in
    const ended = await becomes(
      stage,
      VMOperations,
      operation,
      (found) => found?.status?.completionTime !== undefined,
    );
    assert.equal(ended?.status?.phase, 'Succeeded', ended?.status?.message);
  }
}

const lives = (vm: VirtualMachine | undefined): boolean =>
  vm?.status?.phase === 'Running' && vm.status.observedGeneration === vm.metadata.generation;

describe('whatever write the operator dies at, a VM', () => {
  for (const { what, asked, writes, staysInPod } of rows) {
    it(what, async (t) => {
      const deaths = await deathsOf(stage.client, async (mortal, number) => {
        const before = await becomes(stage, VirtualMachines, VM, lives);
        const first = await runUntilEnd(t, mortal.client, stage.authorities);
        const done = operate(`${what.replaceAll(' ', '-')}-${number}`, asked);
        await Promise.race([mortal.died, done]);
        await first.stop();
        const second = await runUntilEnd(t, stage.client, stage.authorities);
        await done;
        const vm = await becomes(stage, VirtualMachines, VM, lives);
        await second.stop();
        assert.equal(vm?.status?.podName === before?.status?.podName, staysInPod);
        assert.deepEqual([vm?.spec.running, vm?.spec.cpus], [true, 1]);
      });
      assert.ok(deaths >= writes, `it takes ${deaths} writes`);
    });
  }
});
