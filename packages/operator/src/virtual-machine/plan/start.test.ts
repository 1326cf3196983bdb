import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Pod } from '@hypersdk/kube';
import { aTemplate } from '../../testing/images.ts';
import {
  aClaim,
  anObservation,
  aPod,
  aStorageClass,
  aVirtualMachine,
  config,
  NOW,
} from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { running, up, later, createdPod, ready, check } from '../../testing/plan-table.ts';
import { containerOf } from '../pod/container.ts';
import type { Plan } from './actions.ts';

const bothContainers = { launcher: '1', qemu: '1' };
/** How much of KVM each container asks for that asks for any. */
function kvmOfContainers({ spec }: Pod): Record<string, unknown> {
  return Object.fromEntries(
    (spec?.containers ?? []).flatMap(({ name, resources }) => {
      const { requests, limits } = resources ?? {};
      assert.equal(requests?.['devices.hypersdk.io/kvm'], limits?.['devices.hypersdk.io/kvm']);
      return limits?.['devices.hypersdk.io/kvm'] ? [[name, limits['devices.hypersdk.io/kvm']]] : [];
    }),
  );
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
        const mounts = containerOf(pod.pod, 'qemu')?.volumeMounts?.map(({ mountPath }) => mountPath);
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
        assert.equal(reasons('Provisioning').status, 'True');
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
