import { LAUNCHER_PORT, LAUNCHER_READINESS_PORT } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { NETWORK_CONTAINER, type ResolvedNetwork } from '../networks/networks.ts';
import type { PodContext } from './pod-context.ts';
import { tunMount } from './volumes.ts';

type Container = NonNullable<Pod['spec']>['containers'][number];

/**
 * Ties the guest's tap to the pod's network. Root, because Kubernetes gives added capabilities to no other user;
 * of root's powers it has three, and all but MKNOD end at the pod's own network namespace.
 */
export function networkContainer({ vm, config }: PodContext, network: ResolvedNetwork): Container {
  return {
    name: NETWORK_CONTAINER,
    image: config.launcherImage,
    imagePullPolicy: config.pullPolicy,
    restartPolicy: 'Always',
    command: ['/usr/local/bin/guest-network'],
    env: [
      { name: 'GUEST_MAC', value: network.macAddress },
      { name: 'GUEST_HOSTNAME', value: vm.status?.hostname ?? vm.metadata.name },
      { name: 'LAUNCHER_PORTS', value: `${LAUNCHER_PORT},${LAUNCHER_READINESS_PORT}` },
    ],
    // Without it QEMU could look for its tap before that is there; a probe would look once a second.
    lifecycle: { postStart: { exec: { command: ['/usr/local/bin/guest-network-ready'] } } },
    resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '64Mi' } },
    securityContext: {
      runAsNonRoot: false,
      runAsUser: 0,
      runAsGroup: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW', 'MKNOD'] },
    },
    volumeMounts: [tunMount],
  };
}
