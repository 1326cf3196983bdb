import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { MachineExit, VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import {
  aContainerStatus,
  aMachine,
  anObservation,
  aPod,
  aVirtualMachine,
  NOW,
  qemu,
} from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { running, up, later, check } from '../../testing/plan-table.ts';
import type { Observed } from '../observed.ts';

describe('a guest that ends by itself', () => {
  const ended = (exitCode: number) => ({
    status: {
      phase: 'Failed',
      containerStatuses: [qemu({ terminated: { exitCode, finishedAt: NOW.toISOString() } })],
    },
  });
  const of = (spec: Partial<VirtualMachine['spec']>, exitCode: number, status = up): Observed => {
    const vm = aVirtualMachine({ spec, status });
    return anObservation({ vm, pods: [aPod(vm, 1, ended(exitCode))] });
  };
  const counted: VirtualMachine['status'] = {
    ...up,
    restartCount: 1,
    lastEnd: { reason: 'QemuFailed', time: NOW.toISOString(), podName: 'web-1' },
  };
  check([
    {
      when: 'is counted and waited for before it is started again',
      observed: of({ running: true }, 1),
      actions: [],
      phase: 'Pending',
      reason: 'QemuFailed',
      also: ({ status, requeueAfter }) => {
        assert.equal(status.restartCount, 1);
        assert.equal(requeueAfter, 5000);
      },
    },
    {
      when: 'is started again when the back-off is over',
      observed: of({ running: true }, 1, counted),
      now: later(5),
      actions: ['deletePod web-1'],
      phase: 'Pending',
      reason: 'QemuFailed',
    },
    {
      when: 'rests after its own powerdown when only failures restart it',
      observed: of({ runStrategy: 'RerunOnFailure' }, 0),
      actions: ['deletePod web-1'],
      phase: 'Stopped',
      reason: 'GuestPoweredDown',
      also: ({ status }) => {
        assert.equal(status.power?.desired, 'Off');
      },
    },
    {
      when: 'is off while what is left of its pod goes',
      observed: (() => {
        const by = { since: NOW.toISOString(), by: 'guest' };
        const status = { ...up, power: { desired: 'Off', ...by } } as const;
        const vm = aVirtualMachine({ spec: { runStrategy: 'RerunOnFailure' }, status });
        const metadata = { deletionTimestamp: NOW.toISOString() };
        return anObservation({ vm, pods: [aPod(vm, 1, { ...ended(0), metadata })] });
      })(),
      actions: [],
      phase: 'Stopped',
      reason: 'GuestPoweredDown',
    },
    {
      when: 'stays Failed, with its log, when nothing restarts it',
      observed: of({ runStrategy: 'Manual' }, 1, {
        ...up,
        power: { desired: 'On', since: NOW.toISOString(), by: 'op' },
      }),
      actions: [],
      phase: 'Failed',
      reason: 'QemuFailed',
    },
    {
      when: 'is cleared away when it was to be off',
      observed: of({ running: false }, 0),
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'PoweringDown',
    },
  ]);
});

/** A pod whose QEMU ended with code 0, as it does whenever the launcher told it to quit. */
function anEndedPod(vm: VirtualMachine, launcher: 'running' | MachineExit): Pod {
  const finishedAt = NOW.toISOString();
  const message = JSON.stringify({ epoch: 1, phase: 'Stopped', exit: launcher });
  const state = launcher === 'running' ? { running: {} } : { terminated: { exitCode: 0, message } };
  return aPod(vm, 1, {
    status: {
      phase: launcher === 'running' ? 'Running' : 'Succeeded',
      podIP: '10.0.0.7',
      containerStatuses: [
        aContainerStatus('launcher', { state }),
        qemu({ terminated: { exitCode: 0, finishedAt } }),
      ],
    },
  });
}

/** Kubelet has started QEMU's container again, which ended at once, and does not get the launcher to run. */
function aRestartedPod(vm: VirtualMachine): Pod {
  const finishedAt = NOW.toISOString();
  const failed = { exitCode: 1, finishedAt, message: 'qemu: no such tap' };
  const state = { terminated: { exitCode: 0, finishedAt } };
  const backOff = { waiting: { reason: 'CrashLoopBackOff' } };
  return aPod(vm, 1, {
    status: {
      phase: 'Running',
      podIP: '10.0.0.7',
      containerStatuses: [
        aContainerStatus('launcher', { state: backOff, lastState: { terminated: { exitCode: 137 } } }),
        aContainerStatus('qemu', { state, lastState: { terminated: failed } }),
      ],
    },
  });
}

describe("a guest's end in the launcher's words", () => {
  const exit = (reason: MachineExit['reason'], message?: string): MachineExit => ({
    ...{ reason, time: NOW.toISOString() },
    ...(message !== undefined && { message }),
  });
  const of = (launcher: 'running' | MachineExit, machine?: Observed['machine']): Observed => {
    const vm = aVirtualMachine({ spec: { runStrategy: 'RerunOnFailure' }, status: up });
    return anObservation({ vm, pods: [anEndedPod(vm, launcher)], ...(machine && { machine }) });
  };
  const suspend = anOperation('suspend', {
    status: { phase: 'Running', fromEpoch: 1, steps: [{ name: 'suspend' }] },
  });
  const panic = exit('guest-panic', 'The guest kernel panicked');
  const limit = { reason: 'RestartLimit', message: '', lastTransitionTime: NOW.toISOString() };
  const conditions = [{ type: 'Ready', status: 'False', ...limit } as const];
  const told = aVirtualMachine({ status: { ...up, phase: 'Failed', conditions } });
  const vm = aVirtualMachine({ status: up });
  const pod = (changes: Partial<Pod['metadata']> = {}) => aPod(vm, 1, { metadata: changes });
  check([
    {
      when: 'is waited for while the launcher may still tell',
      observed: of('running'),
      actions: [],
      phase: 'Stopping',
      reason: 'QemuEnded',
      also: ({ requeueAfter }) => {
        assert.equal(requeueAfter, 15_000);
      },
    },
    {
      when: 'is not unsaid when the launcher answers no more',
      observed: anObservation({ vm: told, pods: [anEndedPod(told, 'running')] }),
      actions: [],
      phase: 'Failed',
      reason: 'RestartLimit',
    },
    {
      when: 'is what was asked for when an operation suspends it',
      observed: { ...of(exit('host-suspended')), operations: [suspend] },
      actions: ['deletePod web-1'],
      phase: 'Stopped',
      reason: 'Suspended',
    },
    {
      when: 'is no rest when that was called off too late: it goes on from its memory',
      observed: { ...of(exit('host-suspended')), operations: [] },
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'Restarting',
      also: ({ status }) => {
        assert.equal(status.power?.desired, 'On');
      },
    },
    {
      when: 'is not waited for without end',
      observed: of('running'),
      now: later(15),
      actions: ['deletePod web-1'],
      phase: 'Stopped',
      reason: 'GuestPoweredDown',
    },
    {
      when: 'is a failure when the guest panicked, though QEMU ended well',
      observed: of(panic),
      actions: [],
      phase: 'Pending',
      reason: 'GuestPanicked',
      also: ({ events, status }) => {
        assert.deepEqual(
          events.map(({ type, reason }) => [type, reason]),
          [['Warning', 'GuestPanicked']],
        );
        assert.equal(status.lastEnd?.reason, 'GuestPanicked');
      },
    },
    {
      when: "is a failure of QEMU's, though its container came back and is done",
      observed: anObservation({ vm, pods: [aRestartedPod(vm)] }),
      withSidecars: false,
      now: later(15),
      actions: ['deletePod web-1'],
      phase: 'Pending',
      reason: 'QemuFailed',
      also: ({ events }) => {
        assert.match(events[0]?.message ?? '', /code 1: qemu: no such tap/);
      },
    },
    {
      when: 'is taken from a launcher that still answers',
      observed: of('running', aMachine(vm, 1, { phase: 'Stopped', exit: panic })),
      actions: [],
      phase: 'Pending',
      reason: 'GuestPanicked',
    },
    {
      when: 'is a failure when the node ended it',
      observed: of(exit('host-powerdown')),
      actions: [],
      phase: 'Pending',
      reason: 'EndedByNode',
    },
    {
      when: 'is told when the guest had to be forced',
      observed: anObservation({
        vm: aVirtualMachine({ spec: { running: false }, status: { ...up, phase: 'Stopping' } }),
        pods: [pod({ deletionTimestamp: NOW.toISOString() })],
        machine: aMachine(vm, 1, { phase: 'PoweringDown', exit: exit('host-forced', 'Not within 30 s') }),
      }),
      actions: [],
      phase: 'Stopping',
      reason: 'GuestForcedOff',
      also: ({ events }) => {
        assert.deepEqual(events, [{ type: 'Warning', reason: 'GuestForcedOff', message: 'Not within 30 s' }]);
      },
    },
  ]);
});

describe('a guest that may be restarted twice', () => {
  const highAvailability = {
    enabled: true,
    restartPolicy: 'OnFailure',
    restartDelay: '10s',
    maxRestarts: 2,
    evictionStrategy: 'None',
  } as const;
  const failed = (status: VirtualMachine['status'], operations: Observed['operations'] = []): Observed => {
    const vm = aVirtualMachine({ spec: { running: true, highAvailability }, status: { ...up, ...status } });
    const terminated = { exitCode: 1, finishedAt: NOW.toISOString() };
    const pod = aPod(vm, 1, { status: { phase: 'Failed', containerStatuses: [qemu({ terminated })] } });
    return anObservation({ vm, pods: [pod], operations });
  };
  const time = NOW.toISOString();
  const counted = (restartCount: number): VirtualMachine['status'] => ({
    restartCount,
    lastEnd: { reason: 'QemuFailed', time, podName: 'web-1' },
  });
  check([
    {
      when: 'is restarted the second time, after twice the delay',
      observed: failed({ restartCount: 1 }),
      actions: [],
      phase: 'Pending',
      reason: 'QemuFailed',
      also: ({ status, requeueAfter }) => {
        assert.deepEqual([status.restartCount, requeueAfter], [2, 20_000]);
      },
    },
    {
      when: 'counts one end once, however often it is looked at',
      observed: failed(counted(2)),
      now: later(20),
      actions: ['deletePod web-1'],
      phase: 'Pending',
      reason: 'QemuFailed',
    },
    {
      when: 'is left Failed after that',
      observed: failed({ restartCount: 2 }),
      actions: [],
      phase: 'Failed',
      reason: 'RestartLimit',
      also: ({ status, events }) => {
        assert.equal(status.conditions?.find(({ type }) => type === 'Stalled')?.status, 'True');
        assert.match(events[0]?.message ?? '', /started again 2 times/);
      },
    },
    {
      when: 'is counted anew after it ran well',
      observed: failed({ restartCount: 2, startTime: later(-601).toISOString() }),
      actions: [],
      phase: 'Pending',
      reason: 'QemuFailed',
      also: ({ status }) => {
        assert.equal(status.restartCount, 1);
      },
    },
    {
      when: 'is counted anew when somebody starts it',
      observed: failed({ restartCount: 2 }, [anOperation('start', { status: { ...running, fromEpoch: 1 } })]),
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'Restarting',
      also: ({ status }) => {
        assert.equal(status.restartCount, 0);
      },
    },
    {
      when: 'waits its turn when what an operation started fails at once',
      observed: failed({ restartCount: 0 }, [anOperation('start', { status: { ...running, fromEpoch: 0 } })]),
      actions: [],
      phase: 'Pending',
      reason: 'QemuFailed',
    },
  ]);
});
