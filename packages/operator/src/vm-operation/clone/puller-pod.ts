/** The copier of a clone in another namespace: it has the clone's claims only, and reads the source's disks by NBD. */
import { CopySpec, Labels, type RemoteVolume, type VirtualMachine } from '@hypersdk/api';
import { ownerReference, type Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import type { Placement } from '../../virtual-machine/pod/scheduling.ts';
import { runtimeMount, runtimeVolume } from '../../worker/serving.ts';
import { workerPod } from '../../worker/worker-pod.ts';
import { copierName } from './copier-pod.ts';
import type { ClonedDisk } from './disks.ts';
import { targetStorage, targetVolume } from './storage.ts';

export interface PullerContext {
  readonly target: VirtualMachine;
  readonly disks: readonly ClonedDisk[];
  readonly id: string;
  readonly from: RemoteVolume;
  /** Where the clone can go. */
  readonly place: Placement;
  readonly config: Config;
  readonly now: Date;
}

/** It belongs to the clone, as the operation is in another namespace. */
export function pullerPod({ target, disks, id, from, place, config, now }: PullerContext): Pod {
  const { name: targetName, namespace = '' } = target.metadata;
  const name = copierName(targetName);
  const { mounts, devices, volumes } = targetStorage(disks);
  const spec: CopySpec = {
    ...{ id, isFrozen: false },
    disks: disks.map(({ source }) => ({
      ...{ name: source.name, mode: 'full' as const, from, to: targetVolume(source) },
    })),
  };
  return workerPod(
    {
      metadata: {
        ...{ name, namespace, labels: { [Labels.cloneTarget]: targetName } },
        ownerReferences: [ownerReference(target)],
      },
      // That of the last attempt may not have been collected yet, and would go under this one's feet.
      secretName: `${name}-${now.getTime().toString(36)}`,
      ...{ appName: 'disk-copier', worker: 'copier', specVariable: 'COPY_SPEC', spec },
      extras: place,
      ...{ devices, mounts: [runtimeMount, ...mounts], volumes: [runtimeVolume, ...volumes] },
    },
    config,
  );
}

/** Whether the copier was told of a server that is where this one is. */
export function pullsFrom({ spec }: Pod, { host }: RemoteVolume): boolean {
  const value = spec?.containers[0]?.env?.find(({ name }) => name === 'COPY_SPEC')?.value;
  const { disks } = CopySpec.parse(JSON.parse(value ?? ''));
  return disks.every(({ from }) => from.type === 'remote' && from.host === host);
}
