import assert from 'node:assert/strict';
import { describe } from 'node:test';
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
import { running, up, ready, check, later } from '../../testing/plan-table.ts';

const MIB = 1024 * 1024;

const notScheduled = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'Unschedulable',
  message: 'Insufficient memory',
};

function unscheduled(pod: Pod): Pod {
  const { nodeName: _, ...spec } = pod.spec!;
  return { ...pod, spec };
}

describe('a VM with a pod', () => {
  const keeping = { bootloader: 'uefi', secureBoot: false, tpm: true } as const;
  const vm = aVirtualMachine({ status: up });
  const pod = aPod(vm, 1);
  const seen = { vm, pods: [pod] };
  const flattening = anOperation('flatten', { status: { phase: 'Running', fromEpoch: 1 } });
  const onImage = {
    ...{ name: 'root', format: 'qcow2' as const, virtualSize: 1024 * MIB, actualSize: MIB },
    chain: ['/volumes/root/disk.qcow2', '/images/golden/image.qcow2'] as string[],
  };
  const off = aVirtualMachine({ spec: { running: false }, status: up });
  const unreachable = { type: 'unreachable', address: { host: '10.0.0.7', certificateName: 'web' } } as const;
  check([
    {
      when: 'runs',
      observed: anObservation({ ...seen, machine: aMachine(vm, 1, { startTime: up.startTime }) }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
      also: (planned) => {
        assert.deepEqual(planned.status.ipAddresses, ['10.0.0.7']);
        assert.equal(planned.status.nodeName, 'node-1');
        assert.equal(planned.follow, undefined);
      },
    },
    {
      when: 'has what its guest was started with, whatever spec asks for by now',
      observed: anObservation({
        ...seen,
        machine: aMachine(vm, 1, {
          startTime: up.startTime,
          resources: { cpus: 2, memory: 512 * MIB, overhead: 98 * MIB },
        }),
      }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
      also: ({ status }) => {
        assert.deepEqual(status.resources, { cpu: '2', memory: '512Mi', overhead: '98Mi' });
      },
    },
    {
      when: 'is looked at again when its guest has booted, for what QEMU takes by then',
      observed: anObservation({
        ...seen,
        machine: aMachine(vm, 1, { startTime: later(-20).toISOString() }),
      }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
      also: ({ requeueAfter, follow }) => {
        assert.deepEqual([requeueAfter, follow], [70_000, undefined]);
      },
    },
    {
      when: 'has what was told of its pod while its launcher does not answer',
      observed: anObservation({
        ...seen,
        vm: aVirtualMachine({ status: { ...up, resources: { overhead: '98Mi' } } }),
        machine: unreachable,
      }),
      actions: [],
      phase: 'Running',
      reason: 'LauncherUnreachable',
      also: ({ status }) => {
        assert.deepEqual(status.resources, { overhead: '98Mi' });
      },
    },
    {
      when: 'tells which accelerator it runs with, why, and what of its firmware is kept',
      observed: anObservation({
        vm: aVirtualMachine({ status: vm.status!, spec: { firmware: keeping } }),
        pods: [aPod(aVirtualMachine({ spec: { firmware: keeping } }), 1)],
        machine: aMachine(vm, 1, {
          startTime: up.startTime,
          acceleration: { type: 'tcg', reason: 'The probe guest hung.' },
        }),
      }),
      actions: ['putMachine'],
      phase: 'Running',
      reason: 'Running',
      also: ({ status }) => {
        const { acceleration, accelerationReason, firmware } = status;
        assert.deepEqual([acceleration, accelerationReason], ['tcg', 'The probe guest hung.']);
        assert.deepEqual(firmware, { pvc: 'web.firmware' });
      },
    },
    {
      when: 'says that KVM, which it insists on, cannot be used',
      observed: anObservation({
        ...seen,
        machine: aMachine(vm, 1, {
          phase: 'Failed',
          problem: { reason: 'KvmUnusable', message: 'Use acceleration auto, or a node where KVM works.' },
        }),
      }),
      actions: [],
      phase: 'Failed',
      reason: 'KvmUnusable',
      also: ({ status }) => {
        assert.equal(status.conditions?.find(({ type }) => type === 'Stalled')?.status, 'True');
      },
    },
    {
      when: 'is listened to while its disks are made',
      observed: anObservation({ ...seen, machine: aMachine(vm, 1, { phase: 'Preparing' }) }),
      actions: [],
      phase: 'Creating',
      reason: 'PreparingDisks',
      also: ({ follow }) => {
        assert.equal(follow?.host, '10.0.0.7');
      },
    },
    {
      when: 'is told to flatten its disks, and listened to meanwhile',
      observed: anObservation({
        ...seen,
        operations: [flattening],
        machine: aMachine(vm, 1, { disks: [onImage] }),
      }),
      actions: ['putMachine'],
      phase: 'Running',
      reason: 'Running',
      also: ({ follow, actions }) => {
        assert.equal(follow?.host, '10.0.0.7');
        const put = actions.find(({ type }) => type === 'putMachine');
        assert.equal(put?.type === 'putMachine' && put.machine.disks[0]?.flatten, true);
      },
    },
    {
      when: 'says which container keeps its guest from starting',
      observed: anObservation({
        vm,
        pods: [
          aPod(vm, 1, {
            status: {
              phase: 'Running',
              podIP: '10.0.0.7',
              containerStatuses: [
                aContainerStatus('network', { state: { waiting: { reason: 'CrashLoopBackOff' } } }),
                qemu({ running: {} }),
              ],
            },
          }),
        ],
        machine: aMachine(vm, 1, { phase: 'Preparing' }),
      }),
      actions: [],
      phase: 'Creating',
      reason: 'CrashLoopBackOff',
    },
    {
      when: 'runs on when its launcher does not answer',
      observed: anObservation({ ...seen, machine: unreachable }),
      actions: [],
      phase: 'Running',
      reason: 'LauncherUnreachable',
    },
    {
      when: 'is Unknown, not Failed, when its node does not answer',
      observed: anObservation({ ...seen, machine: unreachable, nodeReady: false }),
      actions: [],
      phase: 'Unknown',
      reason: 'NodeNotReady',
    },
    {
      when: 'hands a changed spec to the launcher',
      observed: anObservation({ ...seen, machine: aMachine(vm, 1, { specDigest: 'another' }) }),
      actions: ['putMachine'],
      phase: 'Running',
      reason: 'Running',
    },
    {
      when: 'names what waits for a restart',
      observed: anObservation({
        ...seen,
        machine: aMachine(vm, 1, { restartAwaiting: [{ field: 'cpus', now: '1', wanted: '2' }] }),
      }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
      also: ({ status }) => {
        assert.equal(
          status.conditions!.find(({ type }) => type === 'RestartRequired')!.message,
          'Restart the VM to apply: cpus',
        );
      },
    },
    {
      when: 'keeps the binding of its pod until it is restarted, and says so',
      observed: anObservation({
        vm: aVirtualMachine({
          status: up,
          spec: { networks: [{ name: 'default', type: 'pod-network', binding: 'user' }] },
        }),
        pods: [aPod(vm, 1)],
        machine: aMachine(vm, 1),
      }),
      actions: ['putMachine'],
      phase: 'Running',
      reason: 'Running',
      also: ({ status: { networks } }) => {
        assert.deepEqual(
          networks?.map(({ binding, reason }) => [binding, reason]),
          [['masquerade', 'RestartRequired']],
        );
      },
    },
    {
      when: 'is powered down when it is to be off',
      observed: anObservation({ vm: off, pods: [pod], machine: aMachine(vm, 1) }),
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'PoweringDown',
    },
    {
      when: 'is not deleted a second time while it goes',
      observed: anObservation({
        vm: off,
        pods: [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })],
      }),
      actions: [],
      phase: 'Stopping',
      reason: 'PoweringDown',
    },
    {
      when: 'is restarted by an operation that began in its epoch',
      observed: anObservation({
        ...seen,
        operations: [anOperation('restart', { status: { ...running, fromEpoch: 1 } })],
      }),
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'Restarting',
    },
    {
      when: 'is not restarted again in the next epoch',
      observed: anObservation({
        ...seen,
        machine: aMachine(vm, 1),
        operations: [anOperation('restart', { status: { ...running, fromEpoch: 0 } })],
      }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
    },
    {
      when: 'is given one second, never none, when it is forced',
      observed: anObservation({
        vm: off,
        pods: [pod],
        operations: [anOperation('stop', { status: running, spec: { force: true } })],
      }),
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'PoweringDown',
      also: ({ actions }) => {
        assert.equal(actions[0]?.type === 'deletePod' && actions[0].gracePeriodSeconds, 1);
      },
    },
    {
      when: 'is forced by way of its launcher, too, when its pod goes already',
      observed: anObservation({
        vm: off,
        pods: [
          aPod(vm, 1, {
            metadata: { deletionTimestamp: NOW.toISOString(), deletionGracePeriodSeconds: 35 },
          }),
        ],
        machine: aMachine(vm, 1),
        operations: [anOperation('stop', { status: running, spec: { force: true } })],
      }),
      actions: ['deletePod web-1', 'putMachine'],
      phase: 'Stopping',
      reason: 'PoweringDown',
      also: ({ actions: [, put] }) => {
        assert.equal(put?.type === 'putMachine' && put.machine.gracePeriod, 1);
      },
    },
    {
      when: 'loses the older of two pods first',
      observed: anObservation({ vm, pods: [aPod(vm, 1), aPod(vm, 2)] }),
      actions: ['deletePod web-1'],
      phase: 'Stopping',
      reason: 'Restarting',
    },
    {
      when: 'says what the launcher cannot get over',
      observed: anObservation({
        ...seen,
        machine: aMachine(vm, 1, {
          phase: 'Failed',
          problem: { reason: 'NoSpace', message: 'volume is full', disk: 'root' },
        }),
      }),
      actions: [],
      phase: 'Failed',
      reason: 'NoSpace',
    },
    {
      when: 'says why no node takes its pod',
      observed: anObservation({
        vm,
        pods: [
          {
            ...pod,
            spec: { containers: [] },
            status: {
              phase: 'Pending',
              conditions: [notScheduled],
            },
          },
        ],
      }),
      actions: [],
      phase: 'Pending',
      reason: 'Unschedulable',
      also: (planned) => {
        assert.match(ready(planned).message, /Insufficient memory/);
      },
    },
    {
      when: 'is told of KVM where no node takes the pod and the choice was ours',
      observed: anObservation({
        vm,
        pods: [
          unscheduled(
            aPod(vm, 1, { status: { phase: 'Pending', conditions: [notScheduled] } }, { isKvmOffered: true }),
          ),
        ],
      }),
      actions: [],
      phase: 'Pending',
      reason: 'Unschedulable',
      also: (planned) => {
        assert.match(ready(planned).message, /Insufficient memory.* asks for KVM.*acceleration tcg/);
      },
    },
    {
      when: 'gets the Secret that a dead operator did not make',
      observed: anObservation({
        vm,
        pods: [aPod(vm, 1, { status: { phase: 'Pending' } })],
        isSecretKnown: false,
      }),
      actions: ['ensureSecret web-1'],
      phase: 'Creating',
      reason: 'StartingPod',
    },
  ]);
});
