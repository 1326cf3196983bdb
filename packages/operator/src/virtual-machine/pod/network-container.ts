import type { Pod } from '@hypersdk/kube';
import { hostnameOf } from '../identity.ts';
import { sidecarEnvironment } from '../networks/sidecar-environment.ts';
import { NETWORK_CONTAINER } from '../networks/networks.ts';
import type { PodContext } from './pod-context.ts';
import { runtimeMount, tunMount } from './volumes.ts';

type Container = NonNullable<Pod['spec']>['containers'][number];

/**
 * Ties the guest's taps to the pod's network. Root, because Kubernetes gives added capabilities to no other user;
 * of root's powers it has three, and all but MKNOD end at the pod's own network namespace.
 */
export function networkContainer({ vm, config, networks }: PodContext): Container {
  return {
    name: NETWORK_CONTAINER,
    image: config.launcherImage,
    imagePullPolicy: config.pullPolicy,
    command: ['/usr/local/bin/guest-network'],
    env: sidecarEnvironment(networks, hostnameOf(vm)),
    resources: { requests: { cpu: '5m', memory: '12Mi' }, limits: { memory: '64Mi' } },
    securityContext: {
      runAsNonRoot: false,
      runAsUser: 0,
      runAsGroup: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW', 'MKNOD'] },
    },
    // The sign of QEMU's life: this container is done when QEMU is.
    volumeMounts: [tunMount, { ...runtimeMount, readOnly: true }],
  };
}
