/** The pod that makes the clone's disks: it mounts the source's claims and the clone's, and has no right beyond. */
import { Labels, type CopySpec, type VMOperation } from '@hypersdk/api';
import { ownerReference, type Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import type { Placement } from '../../virtual-machine/pod/scheduling.ts';
import { workerPod, type Work } from '../../worker/worker-pod.ts';
import type { ClonedDisk } from './disks.ts';
import { firmwareStorage, sourceStorage, sourceVolume, targetStorage, targetVolume } from './storage.ts';

export interface CopierContext {
  readonly operation: VMOperation;
  readonly targetName: string;
  readonly disks: readonly ClonedDisk[];
  readonly firmware?: ClonedDisk | undefined;
  /** Claims below the source's disks. */
  readonly below: readonly string[];
  readonly copy: CopySpec;
  /** Where the source's guest runs; its volumes may be on that node only. */
  readonly nodeName: string | undefined;
  /** Where the source can go. */
  readonly place: Placement;
  readonly config: Config;
}

export const copierName = (targetName: string): string => `${targetName}-clone`;

export function copierPod({ operation, targetName, disks, below, ...rest }: CopierContext): Pod {
  const source = sourceStorage(disks, below, { readOnly: false });
  const target = targetStorage(disks);
  const state = rest.firmware && firmwareStorage(rest.firmware);
  return workerOf(operation, {
    ...{ name: copierName(targetName), copy: rest.copy, config: rest.config },
    mounts: [...source.mounts, ...target.mounts, ...(state?.mounts ?? [])],
    devices: [...source.devices, ...target.devices],
    volumes: [...source.volumes, ...target.volumes, ...(state?.volumes ?? [])],
    extras: beside(rest),
  });
}

interface CopyWork extends Pick<Work, 'mounts' | 'volumes' | 'devices' | 'extras'> {
  readonly name: string;
  readonly copy: CopySpec;
  readonly config: Config;
}

/** A copier on the disks of the operation's VM. */
export function workerOf(operation: VMOperation, { name, copy, config, ...pod }: CopyWork): Pod {
  const program = {
    appName: 'disk-copier',
    worker: 'copier',
    specVariable: 'COPY_SPEC',
    spec: copy,
  } as const;
  return workerPod({ metadata: besideSource(operation, name), ...program, ...pod }, config);
}

/** Of a worker on the disks of the operation's VM: while it is there, that VM's guest is not started. */
export function besideSource({ metadata, spec, ...rest }: VMOperation, name: string): Pod['metadata'] {
  const owner = { metadata, ...rest };
  return {
    ...{ name, namespace: metadata.namespace ?? '' },
    labels: { [Labels.cloneSource]: spec.vmRef.name },
    ownerReferences: [ownerReference(owner, { controller: true, blockOwnerDeletion: true })],
  };
}

/** The source's claims are where the clone's pod will have them, because its overlays name their layers by path. */
export function copySpec(
  id: string,
  disks: readonly ClonedDisk[],
  isFrozen: boolean,
  beside: Pick<CopySpec, 'memory' | 'firmware'> = {},
): CopySpec {
  return {
    ...{ id, isFrozen },
    disks: disks.map(({ source, mode }) => ({
      ...{ name: source.name, mode, from: sourceVolume(source), to: targetVolume(source) },
    })),
    ...beside,
  };
}

/** Where the source's guest runs, else where it could. */
export function beside({ nodeName, place }: Pick<CopierContext, 'nodeName' | 'place'>): Placement {
  if (nodeName === undefined) return place;
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const required = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
  };
  return { ...place, affinity: { nodeAffinity: required } };
}
