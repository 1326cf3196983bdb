import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineExit, VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import {
  aClaim,
  aMachine,
  anObservation,
  anOperation,
  aPod,
  aStorageClass,
  aTemplate,
  aVirtualMachine,
  config,
  NOW,
  qemu,
} from '../../testing/machines.ts';
import type { Plan } from './actions.ts';
import type { Observed } from '../observed.ts';
import { plan } from './plan.ts';

const running = { phase: 'Running' } as const;
const up: VirtualMachine['status'] = {
  phase: 'Running',
  epoch: 1,
  podName: 'web-1',
  startTime: '2026-01-02T03:00:00Z',
  observedGeneration: 1,
};
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

interface Row {
  readonly when: string;
  readonly observed: Observed;
  readonly now?: Date;
  readonly actions: readonly string[];
  readonly phase: string;
  readonly reason: string;
  readonly also?: (planned: Plan) => void;
}

/** `createPod web-1`, so that a table reads as what is done to what. */
function summary(planned: Plan): string[] {
  return planned.actions.map((action) => {
    if ('pod' in action) return `${action.type} ${action.pod.metadata.name}`;
    return action.type === 'createClaim' ? `createClaim ${action.claim.metadata.name}` : action.type;
  });
}

function createdPod({ actions }: Plan): Pod {
  const created = actions.find(({ type }) => type === 'createPod');
  assert.ok(created && 'pod' in created);
  return created.pod;
}

const bothContainers = { launcher: '1', qemu: '1' };

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

/** How much of KVM each container asks for that asks for any. */
function kvmOfContainers({ spec }: Pod): Record<string, unknown> {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return Object.fromEntries(
    containers.flatMap(({ name, resources }) => {
      const { requests, limits } = resources ?? {};
      assert.equal(requests?.['devices.hypersdk.io/kvm'], limits?.['devices.hypersdk.io/kvm']);
      return limits?.['devices.hypersdk.io/kvm'] ? [[name, limits['devices.hypersdk.io/kvm']]] : [];
    }),
  );
}

function ready({ status }: Plan): { status: string; reason: string; message: string } {
  return status.conditions!.find(({ type }) => type === 'Ready')!;
}

function check(rows: readonly Row[]): void {
  for (const { when, observed, now, actions, phase, reason, also } of rows) {
    it(when, () => {
      const planned = plan(observed, now ?? NOW);
      assert.deepEqual(summary(planned), actions);
      assert.equal(planned.status.phase, phase);
      assert.equal(ready(planned).reason, reason);
      also?.(planned);
    });
  }
}

describe('a VM without a pod', () => {
  const masqueraded = aVirtualMachine({
    spec: { networks: [{ name: 'default', type: 'pod-network', binding: 'masquerade' }] },
  });
  const vm = aVirtualMachine();
  const pending = { ...aClaim(), status: { phase: 'Pending' } };
  const fromTemplate = aVirtualMachine({ spec: { image: { templateRef: { name: 'ubuntu' } } } });
  const readyTemplate = aTemplate({ status: { phase: 'Ready', ready: true, size: '1Gi' } });
  const claims = new Map([['web-root', aClaim()]]);
  const firmware = { bootloader: 'uefi', secureBoot: false, tpm: true } as const;
  const uefi = aVirtualMachine({ spec: { firmware } });
  const keptDisk = aVirtualMachine({
    spec: { firmware, disks: [{ ...uefi.spec.disks![0]!, deletePolicy: 'Keep' }] },
  });
  const given = aVirtualMachine({
    spec: { firmware: { ...firmware, source: { pvc: { name: 'old.firmware' } } } },
  });
  const lostFirmware = aVirtualMachine({
    spec: { firmware },
    status: { phase: 'Stopped', epoch: 3, firmware: { pvc: 'web.firmware' } },
  });
  const fromSource = aVirtualMachine({
    spec: { image: { source: { http: { url: 'http://images.test/a.qcow2' } } } },
  });
  const failedImage = {
    name: 'image-a',
    unsupported: undefined,
    state: {
      type: 'failed',
      reason: 'NotFound',
      message: 'The server answered 404',
      isFinal: true,
      attempts: 1,
    },
  } as const;
  const lost = aVirtualMachine({
    status: { phase: 'Stopped', epoch: 3, disks: [{ name: 'root', format: 'qcow2' }] },
  });
  check([
    {
      when: 'gets its claim and the pod of epoch 1',
      observed: anObservation({ claims: new Map() }),
      actions: ['createClaim web-root', 'createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: ({ status }) => {
        assert.equal(status.epoch, 1);
      },
    },
    {
      when: 'gets a claim for what its firmware keeps, too',
      observed: anObservation({ vm: uefi }),
      actions: ['createClaim web.firmware', 'createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: ({ actions }) => {
        const [claim, pod] = actions;
        assert.ok(claim?.type === 'createClaim' && pod?.type === 'createPod');
        assert.deepEqual(claim.claim.metadata.ownerReferences?.[0]?.uid, vm.metadata.uid);
        assert.equal(pod.machine.firmware?.directory, '/firmware-state');
        const mounts = pod.pod.spec?.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath);
        assert.ok(mounts?.includes('/firmware-state'));
      },
    },
    {
      when: 'keeps what its firmware keeps where it keeps a disk',
      observed: anObservation({ vm: keptDisk }),
      actions: ['createClaim web.firmware', 'createPod web-1', 'ownClaim'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: ({ actions }) => {
        assert.ok(actions[0]?.type === 'createClaim');
        assert.equal(actions[0].claim.metadata.ownerReferences, undefined);
      },
    },
    {
      when: 'takes what the firmware of another VM left',
      observed: anObservation({ vm: given, claims: new Map([...claims, ['old.firmware', aClaim('old')]]) }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'never gets an empty TPM in the place of one that held keys',
      observed: anObservation({ vm: lostFirmware }),
      actions: [],
      phase: 'Pending',
      reason: 'ClaimLost',
    },
    {
      when: 'gets its claim alone where the class binds it at once',
      observed: anObservation({ claims: new Map(), storageClasses: [aStorageClass('Immediate')] }),
      actions: ['createClaim web-root'],
      phase: 'Creating',
      reason: 'WaitingForVolume',
    },
    {
      when: 'waits for a claim that its class binds at once',
      observed: anObservation({
        vm: aVirtualMachine({ status: { phase: 'Creating', epoch: 1 } }),
        claims: new Map([['web-root', pending]]),
        storageClasses: [aStorageClass('Immediate')],
      }),
      actions: [],
      phase: 'Creating',
      reason: 'WaitingForVolume',
    },
    {
      when: 'gets the pod that its claim waits for',
      observed: anObservation({
        claims: new Map([['web-root', pending]]),
        storageClasses: [aStorageClass('WaitForFirstConsumer')],
      }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'gets its pod in the same epoch once its claim is bound',
      observed: anObservation({
        vm: aVirtualMachine({ status: { phase: 'Creating', epoch: 1 } }),
        storageClasses: [aStorageClass('Immediate')],
      }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'waits until the guest of an earlier VM by its name is off',
      observed: anObservation({
        formerPods: [aPod(vm, 3, { metadata: { deletionTimestamp: NOW.toISOString() } })],
      }),
      actions: [],
      phase: 'Pending',
      reason: 'FormerPodTerminating',
    },
    {
      when: 'starts beside no pod that an earlier VM by its name has left behind for good',
      observed: anObservation({ formerPods: [aPod(vm, 3, { metadata: { ownerReferences: [] } })] }),
      actions: [],
      phase: 'Pending',
      reason: 'FormerPodExists',
      also: (planned) => {
        assert.equal(planned.events[0]?.reason, 'FormerPodExists');
      },
    },
    {
      when: 'uses the epoch that a dead operator raised and made no pod of',
      observed: anObservation({ vm: aVirtualMachine({ status: { phase: 'Creating', epoch: 4 } }) }),
      actions: ['createPod web-4'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'never uses an epoch whose pod was seen',
      observed: anObservation({
        vm: aVirtualMachine({ status: { phase: 'Creating', epoch: 4, podName: 'web-4' } }),
      }),
      actions: ['createPod web-5'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'starts anew when its pod has vanished',
      observed: anObservation({ vm: aVirtualMachine({ status: up }) }),
      actions: ['createPod web-2'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'rests when it is to be off',
      observed: anObservation({ vm: aVirtualMachine({ spec: { running: false } }) }),
      actions: [],
      phase: 'Stopped',
      reason: 'Halted',
      also: (planned) => {
        assert.equal(ready(planned).status, 'True');
      },
    },
    {
      when: 'rests when only operations may start it',
      observed: anObservation({ vm: aVirtualMachine({ spec: { runStrategy: 'Manual' } }) }),
      actions: [],
      phase: 'Stopped',
      reason: 'Halted',
    },
    {
      when: 'starts when a running operation says so',
      observed: anObservation({
        vm: aVirtualMachine({ spec: { runStrategy: 'Manual' } }),
        operations: [anOperation('start', { status: running })],
      }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: ({ status }) => {
        assert.deepEqual(status.power, { desired: 'On', by: 'start', since: NOW.toISOString() });
      },
    },
    {
      when: 'waits until its namespace has been seen',
      observed: anObservation({ podSecurity: undefined }),
      actions: [],
      phase: 'Pending',
      reason: 'NamespaceNotSeen',
    },
    {
      when: 'makes no pod that its namespace would refuse',
      observed: anObservation({ vm: masqueraded, podSecurity: 'baseline' }),
      actions: [],
      phase: 'Pending',
      reason: 'NetworkNotAllowed',
      also: ({ status }) => {
        const reasons = (type: string) => status.conditions!.find((condition) => condition.type === type)!;
        assert.equal(reasons('Stalled').status, 'True');
        assert.equal(reasons('NetworkReady').reason, 'NetworkNotAllowed');
        assert.match(reasons('Stalled').message, /namespace default .*enforce=baseline.*privileged/);
      },
    },
    {
      when: 'starts no guest that would not answer on the ports of its second network',
      observed: anObservation({
        podSecurity: 'restricted',
        vm: aVirtualMachine({
          spec: {
            networks: [
              { name: 'default', type: 'pod-network', ports: [{ port: 80, protocol: 'TCP' }] },
              { name: 'second', type: 'pod-network', ports: [{ port: 81, protocol: 'TCP' }] },
            ],
          },
        }),
      }),
      actions: [],
      phase: 'Pending',
      reason: 'PortsNotReachable',
    },
    {
      when: 'makes no pod that needs KVM while no node offers it, and says what to do',
      observed: anObservation({ vm: aVirtualMachine({ spec: { acceleration: 'kvm' } }) }),
      actions: [],
      phase: 'Pending',
      reason: 'KvmNotOffered',
      also: ({ status }) => {
        const stalled = status.conditions!.find(({ type }) => type === 'Stalled')!;
        assert.equal(stalled.status, 'True');
        assert.match(stalled.message, /devices\.hypersdk\.io\/kvm.*kvmDevicePlugin\.enabled.*auto or tcg/);
      },
    },
    ...(['kvm', 'auto', 'tcg'] as const).map((acceleration) => ({
      when: `asks for KVM where it is offered, with acceleration ${acceleration}: ${acceleration !== 'tcg'}`,
      observed: anObservation({
        vm: aVirtualMachine({ spec: { acceleration } }),
        isKvmOffered: true,
      }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: (planned: Plan) => {
        assert.deepEqual(kvmOfContainers(createdPod(planned)), acceleration === 'tcg' ? {} : bothContainers);
      },
    })),
    {
      when: 'runs without KVM where none is offered and the choice is left to us',
      observed: anObservation(),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: (planned) => {
        assert.deepEqual(kvmOfContainers(createdPod(planned)), {});
      },
    },
    {
      when: "gives QEMU the device's group where that is configured, and the device is",
      observed: anObservation({ isKvmOffered: true, config: { ...config, kvmGroupId: 106 } }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
      also: (planned) => {
        assert.deepEqual(createdPod(planned).spec?.securityContext?.supplementalGroups, [106]);
      },
    },
    {
      when: 'waits for a template that does not exist',
      observed: anObservation({ vm: fromTemplate }),
      actions: [],
      phase: 'Pending',
      reason: 'TemplateNotFound',
    },
    {
      when: 'learns nothing of a template of another namespace that is not shared with its own',
      observed: anObservation({
        vm: aVirtualMachine({ spec: { image: { templateRef: { name: 'ubuntu', namespace: 'golden' } } } }),
      }),
      actions: [],
      phase: 'Pending',
      reason: 'TemplateNotFound',
      also: ({ status }) => {
        const message = status.conditions!.find(({ type }) => type === 'Ready')!.message;
        assert.match(message, /golden\/ubuntu does not exist, or is not shared: .*sharedWith .* default/);
      },
    },
    {
      when: 'starts from an image that it names itself',
      observed: anObservation({ vm: fromSource }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'says why the image that it names itself is not there',
      observed: anObservation({ vm: fromSource, image: failedImage }),
      actions: [],
      phase: 'Pending',
      reason: 'NotFound',
    },
    {
      when: 'refuses an image from where nothing can get it yet',
      observed: anObservation({
        vm: aVirtualMachine({ spec: { image: { source: { s3: { bucket: 'images', key: 'a' } } } } }),
      }),
      actions: [],
      phase: 'Pending',
      reason: 'NotImplemented',
    },
    {
      when: 'does not start on a disk that is smaller than its image',
      observed: anObservation({
        vm: fromTemplate,
        template: aTemplate({ status: { phase: 'Ready', ready: true, size: '2Gi' } }),
        claims: new Map(),
      }),
      actions: [],
      phase: 'Pending',
      reason: 'ImageLargerThanDisk',
      also: ({ status }) => {
        const message = status.conditions!.find(({ type }) => type === 'DiskReady')!.message;
        assert.match(message, /disk root has 1Gi and its image 2Gi: set its size to 2Gi or more/);
      },
    },
    {
      when: 'waits for a template that is being imported',
      observed: anObservation({ vm: fromTemplate, template: aTemplate({ status: { phase: 'Importing' } }) }),
      actions: [],
      phase: 'Pending',
      reason: 'TemplateNotReady',
    },
    {
      when: 'starts from a template that is ready',
      observed: anObservation({ vm: fromTemplate, template: readyTemplate }),
      actions: ['createPod web-1'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'does not take a claim of another owner',
      observed: anObservation({ vm, claims: new Map([['web-root', aClaim('another-vm')]]) }),
      actions: [],
      phase: 'Pending',
      reason: 'ClaimExists',
    },
    {
      when: 'never gets a blank disk in the place of one that held data',
      observed: anObservation({ vm: lost, claims: new Map() }),
      actions: [],
      phase: 'Pending',
      reason: 'ClaimLost',
    },
    {
      when: 'waits out the back-off after an end of its own',
      observed: anObservation({
        vm: aVirtualMachine({
          status: {
            phase: 'Pending',
            epoch: 2,
            restartCount: 2,
            lastEnd: { reason: 'QemuFailed', time: NOW.toISOString(), podName: 'web-2' },
          },
        }),
      }),
      now: later(9),
      actions: [],
      phase: 'Pending',
      reason: 'BackOff',
      also: ({ requeueAfter }) => {
        assert.equal(requeueAfter, 1000);
      },
    },
  ]);
});

describe('a VM with a pod', () => {
  const keeping = { bootloader: 'uefi', secureBoot: false, tpm: true } as const;
  const vm = aVirtualMachine({ status: up });
  const pod = aPod(vm, 1);
  const seen = { vm, pods: [pod] };
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
      initContainerStatuses: [{ ...qemu(state), name: 'launcher' }],
      containerStatuses: [qemu({ terminated: { exitCode: 0, finishedAt } })],
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

describe('a guest that is paused', () => {
  const at = { since: NOW.toISOString(), by: 'pause' };
  const pausedVm = aVirtualMachine({
    status: { ...up, phase: 'Paused', power: { desired: 'Paused', ...at } },
  });
  const vm = aVirtualMachine({ status: up });
  const asked = (operation: 'pause' | 'resume' | 'reset', fromEpoch = 1) => [
    anOperation(operation, { status: { ...running, fromEpoch } }),
  ];
  const machineOf = ({ actions }: Plan) => {
    const [put] = actions;
    return put?.type === 'putMachine' ? put.machine : undefined;
  };
  const pods = [aPod(vm, 1)];
  const settled = aMachine(pausedVm, 1, { phase: 'Paused' }, { power: 'paused' });
  const full = { reason: 'NoSpace', message: 'Disk root cannot be written', disk: 'root' };
  check([
    {
      when: 'is handed the pause, and listened to until it stands',
      observed: anObservation({ vm, pods, operations: asked('pause'), machine: aMachine(vm, 1) }),
      actions: ['putMachine'],
      phase: 'Running',
      reason: 'Pausing',
      also: (planned) => {
        assert.equal(machineOf(planned)?.power, 'paused');
        assert.ok(planned.follow);
        assert.equal(planned.status.power?.desired, 'Paused');
      },
    },
    {
      when: 'is settled once it stands, also after the operation',
      observed: anObservation({ vm: pausedVm, pods, machine: settled }),
      actions: [],
      phase: 'Paused',
      reason: 'Paused',
      also: (planned) => {
        assert.equal(ready(planned).status, 'True');
        assert.equal(planned.follow, undefined);
      },
    },
    {
      when: 'is handed a resume with its uid',
      observed: anObservation({ vm: pausedVm, pods, operations: asked('resume'), machine: settled }),
      actions: ['putMachine'],
      phase: 'Paused',
      reason: 'Resuming',
      also: (planned) => {
        const machine = machineOf(planned);
        assert.deepEqual([machine?.power, machine?.request], ['on', { id: 'op-resume', type: 'resume' }]);
      },
    },
    {
      when: 'runs in the next pod, which nobody paused',
      observed: anObservation({ vm: pausedVm }),
      actions: ['createPod web-2'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'by a full disk is stalled and names it',
      observed: anObservation({ vm, pods, machine: aMachine(vm, 1, { phase: 'Paused', problem: full }) }),
      actions: [],
      phase: 'Paused',
      reason: 'NoSpace',
      also: ({ status }) => {
        assert.equal(status.conditions?.find(({ type }) => type === 'DiskReady')?.reason, 'NoSpace');
        assert.equal(status.conditions.find(({ type }) => type === 'Stalled')?.status, 'True');
      },
    },
    {
      when: 'by a disk that is full still says so after a resume',
      observed: anObservation({
        ...{ vm, pods, operations: asked('resume') },
        machine: aMachine(
          vm,
          1,
          { phase: 'Paused', problem: full, lastRequest: 'op-resume' },
          { request: { id: 'op-resume', type: 'resume' } },
        ),
      }),
      actions: [],
      phase: 'Paused',
      reason: 'NoSpace',
    },
    {
      when: 'or not, is listened to until a reset is done',
      observed: anObservation({
        ...{ vm, pods, operations: asked('reset') },
        machine: aMachine(vm, 1, {}, { request: { id: 'op-reset', type: 'reset' } }),
      }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
      also: ({ follow }) => {
        assert.ok(follow);
      },
    },
    {
      when: 'or not, is spared a reset that was meant for the guest before it',
      observed: anObservation({ vm, pods, operations: asked('reset', 0), machine: aMachine(vm, 1) }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
    },
  ]);
  it('is told of once for each reboot of its own', () => {
    const reboots = { count: 1, lastTime: NOW.toISOString() };
    const machine = aMachine(vm, 1, { reboots });
    const first = plan(anObservation({ vm, pods, machine }), NOW);
    assert.deepEqual(
      first.events.map(({ reason }) => reason),
      ['GuestRebooted'],
    );
    const told = aVirtualMachine({ status: first.status });
    assert.deepEqual(plan(anObservation({ vm: told, pods, machine }), NOW).events, []);
  });
});

describe('a VM that is deleted', () => {
  const vm = aVirtualMachine({ metadata: { deletionTimestamp: NOW.toISOString() }, status: up });
  it('powers its guest down first', () => {
    const planned = plan(anObservation({ vm, pods: [aPod(vm, 1)] }), NOW);
    assert.deepEqual(summary(planned), ['deletePod web-1']);
  });
  it('is told once that its guest goes, however often one looks', () => {
    const pods = [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })];
    const first = plan(anObservation({ vm, pods }), NOW);
    const second = plan(anObservation({ vm: { ...vm, status: first.status }, pods }), later(1));
    assert.deepEqual(second.status, first.status);
  });
  it('listens to its launcher until the pod is gone', () => {
    const pods = [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })];
    assert.ok(plan(anObservation({ vm, pods, machine: aMachine(vm, 1) }), NOW).follow);
  });
  it('warns once of a guest that had to be forced off', () => {
    const pods = [aPod(vm, 1, { metadata: { deletionTimestamp: NOW.toISOString() } })];
    const exit = {
      reason: 'host-forced',
      time: NOW.toISOString(),
      message: 'It did not power down.',
    } as const;
    const machine = aMachine(vm, 1, { phase: 'Stopped', exit });
    const first = plan(anObservation({ vm, pods, machine }), NOW);
    const event = { type: 'Warning', reason: 'GuestForcedOff', message: 'It did not power down.' };
    assert.deepEqual(first.events, [event]);
    const second = plan(anObservation({ vm: { ...vm, status: first.status }, pods, machine }), later(1));
    assert.deepEqual(second.events, []);
  });
  it('does not wait for its guest when an operation forces the deletion', () => {
    const metadata = { deletionTimestamp: NOW.toISOString(), deletionGracePeriodSeconds: 45 };
    const pods = [aPod(vm, 1, { metadata })];
    const operations = [anOperation('delete', { status: running, spec: { force: true } })];
    const planned = plan(anObservation({ vm, pods, operations, machine: aMachine(vm, 1) }), NOW);
    assert.deepEqual(summary(planned), ['deletePod web-1', 'putMachine']);
  });
  it('is left alone once no pod is left, with nothing more written', () => {
    const planned = plan(anObservation({ vm }), NOW);
    assert.deepEqual(summary(planned), []);
    assert.equal(planned.status, vm.status);
  });
});

describe("a launcher's certificate", () => {
  const vm = aVirtualMachine({ status: up });
  const written = later(-3600);
  const wanted = { issuer: 'CN=ca', authorities: 'digest', renewal: 60_000, written };
  const identity = { issuer: 'CN=ca', authorities: 'digest', notAfter: later(3600).toISOString() };
  const shown = (changes: Partial<typeof identity>) =>
    aMachine(vm, 1, { identity: { ...identity, ...changes } });
  const unreachable = { type: 'unreachable', address: { host: '10.0.0.7', certificateName: 'web' } } as const;
  const justWritten = { ...wanted, written: later(-60) };
  const rows: readonly {
    when: string;
    machine: Observed['machine'];
    wanted?: Observed['identity'];
    actions: string[];
    requeueAfter: number | undefined;
  }[] = [
    { when: 'is left alone until its time', machine: shown({}), actions: [], requeueAfter: 3_540_000 },
    {
      when: 'is renewed before its end',
      machine: shown({ notAfter: later(59).toISOString() }),
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    {
      when: 'is renewed when another authority signs',
      machine: shown({ issuer: 'CN=old' }),
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    {
      when: 'is renewed when other authorities are trusted',
      machine: shown({ authorities: 'other' }),
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    {
      when: 'is not written again while kubelet carries it',
      machine: shown({ issuer: 'CN=old' }),
      wanted: justWritten,
      actions: [],
      requeueAfter: 120_000,
    },
    {
      when: 'is renewed when it is not accepted any more',
      machine: { ...unreachable, isDistrusted: true },
      actions: ['renewSecret web-1'],
      requeueAfter: 180_000,
    },
    { when: 'is not guessed at in silence', machine: unreachable, actions: [], requeueAfter: undefined },
    {
      when: 'is no business of a launcher that does not tell',
      machine: aMachine(vm, 1),
      actions: [],
      requeueAfter: undefined,
    },
  ];
  for (const { when, machine, actions, requeueAfter, ...row } of rows) {
    it(when, () => {
      const observed = anObservation({
        vm,
        pods: [aPod(vm, 1)],
        machine,
        identity: row.wanted ?? wanted,
      });
      const planned = plan(observed, NOW);
      assert.deepEqual(summary(planned), actions);
      assert.equal(planned.requeueAfter, requeueAfter);
    });
  }
});

it('plans nothing new when nothing has changed', () => {
  const vm = aVirtualMachine({ status: up });
  const observed = (status: VirtualMachine['status']) => {
    const next = aVirtualMachine({ ...(status && { status }) });
    return anObservation({ vm: next, pods: [aPod(vm, 1)], machine: aMachine(vm, 1) });
  };
  const first = plan(observed(up), NOW);
  const second = plan(observed(first.status), later(60));
  assert.deepEqual(second.status, first.status);
  assert.deepEqual(second.events, []);
});
