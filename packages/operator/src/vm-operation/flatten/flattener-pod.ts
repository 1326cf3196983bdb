/** The pod that flattens the disks of a guest that is off: a copier that has them and what they stand on. */
import type { VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { baseVolume, claimVolume } from '../../virtual-machine/pod/volumes.ts';
import { workerOf } from '../clone/copier-pod.ts';
import { sourcePath } from '../clone/storage.ts';
import type { LinkedDisk } from './linked-disks.ts';
import type { ObservedFlatten } from './observed.ts';

export const flattenerName = ({ spec }: VMOperation): string => `${spec.vmRef.name}-flatten`;

export function flattenerPod(
  operation: VMOperation,
  disks: readonly LinkedDisk[],
  { config, place }: Pick<ObservedFlatten, 'config' | 'place'>,
): Pod {
  const own = disks.map(({ source }) => source.claimName);
  const below = [...new Set(disks.flatMap(({ bases }) => bases))].filter((claim) => !own.includes(claim));
  return workerOf(operation, {
    name: flattenerName(operation),
    config,
    extras: place,
    copy: {
      ...{ id: 'flatten', isFrozen: false },
      disks: disks.map(({ source: { name, claimName } }) => {
        const volume = { type: 'filesystem', directory: sourcePath(claimName) } as const;
        return { name, mode: 'flatten', from: volume, to: volume };
      }),
    },
    volumes: [
      ...own.map((claim) => claimVolume(baseVolume(claim), claim, false)),
      ...below.map((claim) => claimVolume(baseVolume(claim), claim, true)),
    ],
    mounts: [
      ...own.map((claim) => ({ name: baseVolume(claim), mountPath: sourcePath(claim) })),
      ...below.map((claim) => ({ name: baseVolume(claim), mountPath: sourcePath(claim), readOnly: true })),
    ],
  });
}
