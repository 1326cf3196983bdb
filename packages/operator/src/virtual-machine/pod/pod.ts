/** The pod of one epoch: a launcher beside QEMU, both without any privilege, and what its network needs. */
import { Annotations, Labels, type VirtualMachine } from '@hypersdk/api';
import { ownerReference, type Pod } from '@hypersdk/kube';
import type { PodContext } from './pod-context.ts';
import { masqueraded } from '../networks/networks.ts';
import { launcherContainer, qemuContainer } from './containers.ts';
import { networkContainer } from './network-container.ts';
import { podName } from './epoch.ts';
import { scheduling } from './scheduling.ts';
import { podVolumes } from './volumes.ts';

type PodSpec = NonNullable<Pod['spec']>;

/** Debian's libvirt-qemu and KubeVirt's qemu; files of a volume belong to it. */
export const QEMU_UID = 107;
/** How long QEMU may take to write its caches out and end, once the guest's own time is over. */
const QUIT_SECONDS = 15;

export function virtualMachinePod(context: PodContext): Pod {
  const { vm, spec, epoch } = context;
  const isMasqueraded = masqueraded(context.networks).length > 0;
  return {
    metadata: {
      name: podName(vm, epoch),
      namespace: vm.metadata.namespace ?? '',
      labels: podLabels(vm, epoch),
      annotations: {
        [Annotations.defaultContainer]: 'qemu',
        [Annotations.argoIgnoreRestartPolicy]: 'true',
      },
      ownerReferences: [ownerReference(vm, { controller: true, blockOwnerDeletion: true })],
    },
    spec: {
      // Launcher and network come back when they fail, and are done when QEMU is; QEMU's container never runs it again.
      restartPolicy: 'OnFailure',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostname: vm.metadata.name,
      terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds + QUIT_SECONDS,
      securityContext: { ...podSecurity, ...kvmGroup(context), sysctls: GUEST_PORTS },
      // Kubelet starts them one after the other, without a wait; the launcher has most to do before the guest starts.
      containers: [
        launcherContainer(context),
        ...(isMasqueraded ? [networkContainer(context)] : []),
        qemuContainer(context),
      ],
      volumes: podVolumes(context),
      ...scheduling(spec),
    },
  };
}

/** The device keeps the owner, group and mode that it has on the node, unless the container runtime is told otherwise. */
function kvmGroup({ kvm, config }: PodContext): PodSpec['securityContext'] {
  return kvm && config.kvmGroupId !== undefined ? { supplementalGroups: [config.kvmGroupId] } : {};
}

export function podLabels(vm: VirtualMachine, epoch: number): Record<string, string> {
  return {
    [Labels.vm]: vm.metadata.name,
    [Labels.vmName]: vm.metadata.name,
    [Labels.epoch]: String(epoch),
    [Labels.appName]: 'virtual-machine',
    [Labels.appInstance]: vm.metadata.name,
    [Labels.appManagedBy]: 'hypersdk-operator',
  };
}

export const podSecurity: NonNullable<PodSpec['securityContext']> = {
  runAsNonRoot: true,
  runAsUser: QEMU_UID,
  runAsGroup: QEMU_UID,
  fsGroup: QEMU_UID,
  // Changing the owner of every file of a big volume at each start would take minutes.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};

/** QEMU is not root, and guests listen on ports like 22 and 80 all the same. Pod Security allows this sysctl. */
const GUEST_PORTS: NonNullable<NonNullable<PodSpec['securityContext']>['sysctls']> = [
  { name: 'net.ipv4.ip_unprivileged_port_start', value: '0' },
];
