import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineState, VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { aMachine, anObservation, aPod, aVirtualMachine } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { containerOf } from '../pod/container.ts';
import type { Resources } from '../pod/containers.ts';
import { targetMachine } from '../plan/migration/target.ts';
import { plan } from '../plan/plan.ts';
import { wantedMachine } from '../plan/wanted-machine.ts';
import { grantedSize, sizesAwaitingRestart } from './granted-size.ts';
import { podResize } from './pod-resize.ts';
import { fieldsOf } from './size.ts';

const MIB = 1024 ** 2;
const room = { bootCpus: 1, maxCpus: 4, bootMemory: 256 * MIB, maxMemory: 1024 * MIB };
const power = { desired: 'On', since: '2026-01-02T03:00:00Z', by: 'spec' } as const;

type Spec = Partial<VirtualMachine['spec']>;
type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

interface Case {
  readonly name: string;
  readonly spec?: Spec;
  /** The size that the pod was asked for, and the one that it has got. */
  readonly asked?: Spec;
  readonly applied?: Spec | 'not told';
  readonly now?: Partial<NonNullable<MachineState['resources']>>;
  readonly condition?: Condition;
  readonly hotplug?: false;
  readonly type: string;
  readonly granted: string;
  readonly awaiting?: readonly string[];
}

const pending = (reason: string): Condition => ({ type: 'PodResizePending', status: 'True', reason });

const large = { cpus: 2, memory: '512Mi' };
const cases: readonly Case[] = [
  { name: 'leaves a pod alone whose guest has what spec asks for', type: 'none', granted: '1 256Mi' },
  { name: 'asks for more, and gives nothing yet', spec: large, type: 'wanted', granted: '1 256Mi' },
  {
    name: 'gives nothing while the node is at it',
    ...{ spec: large, asked: large, applied: {} },
    ...{ type: 'awaited', granted: '1 256Mi' },
  },
  {
    name: 'gives all once the pod has it',
    ...{ spec: large, asked: large, applied: large },
    ...{ type: 'none', granted: '2 512Mi' },
  },
  {
    name: 'waits on a node that is full now',
    ...{ spec: large, asked: large, applied: {}, condition: pending('Deferred') },
    ...{ type: 'awaited', granted: '1 256Mi' },
  },
  {
    name: 'names what a node can never have room for',
    ...{ spec: large, asked: large, applied: {}, condition: pending('Infeasible') },
    ...{ type: 'refused', granted: '1 256Mi', awaiting: ['cpus 1 -> 2', 'memory 256Mi -> 512Mi'] },
  },
  {
    name: 'names what a cluster that resizes no pods cannot give',
    ...{ spec: large, applied: 'not told' },
    ...{ type: 'refused', granted: '1 256Mi', awaiting: ['cpus 1 -> 2', 'memory 256Mi -> 512Mi'] },
  },
  {
    name: 'keeps a pod while its guest holds what it is to give back',
    ...{ asked: large, applied: large, now: { cpus: 2, memory: 512 * MIB } },
    ...{ type: 'none', granted: '1 256Mi' },
  },
  {
    name: 'lowers it when the guest has given that back',
    ...{ asked: large, applied: large },
    ...{ type: 'wanted', granted: '1 256Mi' },
  },
  {
    name: 'raises nothing for what the running machine has no room for',
    ...{ spec: { cpus: 8, memory: '2Gi' } },
    ...{ type: 'none', granted: '8 2Gi' },
  },
  {
    name: 'never goes against the own limit of the VM',
    ...{ spec: { ...large, resources: { limits: { memory: '500Mi' } } } },
    ...{ type: 'refused', granted: '1 256Mi', awaiting: ['cpus 1 -> 2', 'memory 256Mi -> 512Mi'] },
  },
  {
    name: 'leaves to the next start what is asked for so',
    ...{ spec: large, hotplug: false as const },
    ...{ type: 'none', granted: '1 256Mi', awaiting: ['cpus 1 -> 2', 'memory 256Mi -> 512Mi'] },
  },
];

function resourcesFor(spec: Spec = {}): Resources {
  return containerOf(aPod(aVirtualMachine({ spec }), 1), 'qemu')?.resources ?? {};
}

function podOf({ asked, applied = {}, condition }: Case): Pod {
  const pod = aPod(aVirtualMachine(), 1);
  const status = pod.status?.containerStatuses?.[0];
  const containers = (pod.spec?.containers ?? []).map((container) =>
    container.name === 'qemu' ? { ...container, resources: resourcesFor(asked) } : container,
  );
  const told = applied === 'not told' ? {} : { resources: resourcesFor(applied) };
  return {
    ...pod,
    spec: { ...pod.spec, containers },
    status: {
      ...pod.status,
      ...(condition && { conditions: [condition] }),
      ...(status && { containerStatuses: [{ ...status, ...told }] }),
    },
  };
}

describe("a running VM's pod", () => {
  for (const each of cases) {
    it(each.name, () => {
      const vm = aVirtualMachine(each.spec ? { spec: each.spec } : {});
      const pod = podOf(each);
      const resources = { cpus: 1, memory: 256 * MIB, ...each.now };
      const resize = anOperation('resize', { spec: { resizeSpec: { hotplug: false, cpus: 2 } } });
      const observed = anObservation({
        ...{ vm, pods: [pod], machine: aMachine(vm, 1, { room, resources }) },
        ...(each.hotplug === false && { operations: [resize] }),
      });
      assert.equal(podResize(observed, pod).type, each.type);
      assert.equal(Object.values(fieldsOf(grantedSize(observed, pod))).join(' '), each.granted);
      assert.deepEqual(
        sizesAwaitingRestart(observed, pod).map(({ field, now, wanted }) => `${field} ${now} -> ${wanted}`),
        each.awaiting ?? [],
      );
    });
  }

  it('is asked for what the guest is to have, with what QEMU takes beside it', () => {
    const vm = aVirtualMachine({ spec: large });
    const pod = podOf(cases[0]!);
    const machine = aMachine(vm, 1, { room, resources: { cpus: 1, memory: 256 * MIB } });
    const resize = podResize(anObservation({ vm, pods: [pod], machine }), pod);
    assert.deepEqual(resize, { type: 'wanted', resources: resourcesFor(large) });
  });

  it('is asked for it in reply to a change of spec, which is told', () => {
    const status = { phase: 'Running', observedGeneration: 1 } as const;
    const vm = aVirtualMachine({ metadata: { generation: 2 }, spec: large, status });
    const machine = aMachine(vm, 1, { room, resources: { cpus: 1, memory: 256 * MIB } });
    const { actions, events } = plan(anObservation({ vm, pods: [podOf(cases[0]!)], machine }), new Date());
    assert.ok(actions.some(({ type }) => type === 'resizePod'));
    assert.ok(events.some(({ reason }) => reason === 'ReconfigureStarted'));
  });

  it('does not start a guest of more memory than it has', () => {
    const vm = aVirtualMachine({ spec: large });
    const pod = podOf(cases[0]!);
    const machine = aMachine(vm, 1, { phase: 'Preparing' });
    assert.equal(wantedMachine(anObservation({ vm, pods: [pod], machine }), pod, power), undefined);
  });

  it('has its guest stay as it is while that goes to another pod, which is made for a machine of the same room', () => {
    const migration = { operation: 'op-migrate', phase: 'Preparing', epoch: 2 } as const;
    const vm = aVirtualMachine({ spec: large, status: { migration } });
    const migrateSpec = { live: true, autoConverge: false, postCopy: false };
    const operation = anOperation('migrate', {
      spec: { migrateSpec },
      status: { phase: 'Running', fromEpoch: 1 },
    });
    const pod = podOf(cases[0]!);
    const machine = aMachine(vm, 1, { room, resources: { cpus: 2, memory: 256 * MIB } });
    const observed = anObservation({ vm, pods: [pod], machine, operations: [operation] });
    assert.deepEqual(grantedSize(observed, pod), { cpus: 2, memory: 256 * MIB });
    const target = targetMachine({ observed, pod, power, migration });
    assert.deepEqual([target.cpus, target.room], [2, room]);
  });
});
