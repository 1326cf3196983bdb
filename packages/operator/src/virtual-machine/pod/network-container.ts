import type { Pod } from '@hypersdk/kube';
import { hostnameOf } from '../identity.ts';
import { sidecarEnvironment } from '../networks/sidecar-environment.ts';
import { NETWORK_CONTAINER } from '../networks/networks.ts';
import type { PodContext } from './pod-context.ts';
import { tunMount } from './volumes.ts';

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
    restartPolicy: 'Always',
    command: ['/usr/local/bin/guest-network'],
    env: sidecarEnvironment(networks, hostnameOf(vm)),
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
