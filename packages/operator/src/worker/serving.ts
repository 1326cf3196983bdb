/** A worker that serves disks to another pod, once it has prepared them. */
import { MachinePaths } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Work } from './worker-pod.ts';

/** The file is there once the disks are served. A copy of an image may take hours before. */
export const SERVED: NonNullable<Work['startupProbe']> = {
  exec: { command: ['/usr/bin/stat', `${MachinePaths.runtime}/served.pid`] },
  periodSeconds: 1,
  failureThreshold: 86_400,
};

/** Where keys lie while QEMU reads them. */
export const runtimeMount = { name: 'runtime', mountPath: MachinePaths.runtime };
export const runtimeVolume = { name: runtimeMount.name, emptyDir: { medium: 'Memory' } } as const;

export function isServing({ metadata, status }: Pod): boolean {
  const ready = status?.containerStatuses?.[0]?.ready ?? false;
  return ready && status?.podIP !== undefined && metadata.deletionTimestamp === undefined;
}
