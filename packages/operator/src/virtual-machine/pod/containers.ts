import { formatBytes, parseBytes } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { KVM_RESOURCE } from '../acceleration/kvm.ts';
import type { PodContext } from './pod-context.ts';
import { qemuMemory } from './qemu-memory.ts';
import { launcherMounts, qemuMounts, sharedDevices } from './volumes.ts';

type Container = NonNullable<Pod['spec']>['containers'][number];
export type Resources = Pick<NonNullable<Container['resources']>, 'requests' | 'limits'>;

/** Port of the launcher's plain readiness answer; kubelets have no client certificate. */
const READY_PORT = 10708;
/** vCPUs are seldom busy all at once. */
export const CPU_REQUEST_MILLIS = 100;

export const containerSecurity: NonNullable<Container['securityContext']> = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** It may die and be upgraded alone, and the guest goes on. */
export function launcherContainer(context: PodContext): Container {
  return {
    name: 'launcher',
    image: context.config.launcherImage,
    imagePullPolicy: context.config.pullPolicy,
    env: [{ name: 'LOG_LEVEL', value: context.config.logLevel }],
    command: ['/usr/local/bin/launcher'],
    // It tries KVM out before QEMU is to run with it.
    resources: withKvm(context, {
      requests: { cpu: '10m', memory: '64Mi' },
      limits: { memory: '256Mi' },
    }),
    securityContext: containerSecurity,
    // The operator has the launcher's own word; this is for Services, and may take its time.
    readinessProbe: {
      httpGet: { path: '/readyz', port: READY_PORT },
      initialDelaySeconds: 2,
      periodSeconds: 5,
      failureThreshold: 2,
    },
    volumeMounts: launcherMounts(context),
    ...devices(context),
  };
}

export function qemuContainer(context: PodContext): Container {
  return {
    name: 'qemu',
    image: context.config.launcherImage,
    imagePullPolicy: context.config.pullPolicy,
    command: ['/usr/local/bin/qemu-wrapper'],
    // A preStop hook, because QEMU takes SIGTERM for a pulled plug.
    lifecycle: { preStop: { exec: { command: ['/usr/local/bin/powerdown'] } } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    resources: withKvm(context, qemuResources(context)),
    securityContext: containerSecurity,
    volumeMounts: qemuMounts(context),
    ...devices(context),
  };
}

function devices(context: PodContext): Partial<Container> {
  const volumeDevices = sharedDevices(context);
  return volumeDevices.length > 0 ? { volumeDevices } : {};
}

/** The kubelet gives the device to containers, not to pods. */
function withKvm({ kvm }: PodContext, { requests, limits }: Resources): Resources {
  const device = kvm ? { [KVM_RESOURCE]: '1' } : {};
  return { requests: { ...requests, ...device }, limits: { ...limits, ...device } };
}

/** What QEMU's container asks for, by the size of its guest. */
export function qemuResources({
  spec,
  disks,
  config,
}: Pick<PodContext, 'spec' | 'disks' | 'config'>): Resources {
  const memory = parseBytes(spec.memory);
  const acceleration = spec.acceleration ?? config.acceleration;
  const overhead = qemuMemory(spec, { disks: disks.length, acceleration });
  return {
    requests: {
      cpu: `${spec.cpus * CPU_REQUEST_MILLIS}m`,
      memory: formatBytes(memory + overhead.request),
      ...quantities(spec.resources?.requests),
    },
    limits: { memory: formatBytes(memory + overhead.limit), ...quantities(spec.resources?.limits) },
  };
}

function quantities(amounts: Record<string, string | number> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts ?? {}).map(([name, amount]) => [name, String(amount)]));
}
