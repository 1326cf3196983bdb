/** The pod that works on the layers of a VM whose guest is off. */
import {
  Labels,
  LayersState,
  MachinePaths,
  type LayersSpec,
  type VMOperation,
  type VMSnapshot,
} from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import { goldenDirectory } from '../virtual-machine/pod/machine-spec.ts';
import type { Placement } from '../virtual-machine/pod/scheduling.ts';
import { baseVolume, claimVolume } from '../virtual-machine/pod/volumes.ts';
import { basesOfSource } from '../vm-operation/clone/disks.ts';
import { workerEnd, type WorkerEnd } from '../worker/worker-end.ts';
import { workerPod } from '../worker/worker-pod.ts';
import type { ResolvedDisk } from '../virtual-machine/disks/resolved-disk.ts';

export interface KeeperContext {
  readonly owner: VMSnapshot | VMOperation;
  readonly disks: readonly ResolvedDisk[];
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** Its own, where the owner has several. */
  readonly name?: string;
  readonly work: LayersSpec['work'];
  /** Where the VM can go. */
  readonly place: Placement;
  /** Of the VM. */
  readonly linkedClones: readonly string[];
  readonly config: Config;
}

export const keeperName = (owner: string, work: LayersSpec['work']['type']): string => `${owner}-${work}`;

/** The one that does this work for a snapshot, where it is there. */
export function keeperOf(
  { snapshot, keepers }: { readonly snapshot: VMSnapshot; readonly keepers: readonly Pod[] },
  work: LayersSpec['work']['type'],
): Pod | undefined {
  return keepers.find(({ metadata }) => metadata.name === keeperName(snapshot.metadata.name, work));
}

/** As a pod that copies the VM's disks it keeps the guest from being started beside it. */
export function keeperPod({ owner, name, disks, claims, ...rest }: KeeperContext): Pod {
  const { work, linkedClones, place, config } = rest;
  const below = [...new Set(disks.flatMap((disk) => basesOfSource(disk, claims)))];
  const spec: LayersSpec = {
    work,
    disks: disks.map(({ name }) => ({ name, directory: directoryOf(name) })),
    ...(linkedClones.length > 0 && { sharedLayers: true }),
  };
  return workerPod(
    {
      metadata: {
        name: name ?? keeperName(owner.metadata.name, work.type),
        namespace: owner.metadata.namespace ?? '',
        labels: { [Labels.cloneSource]: owner.spec.vmRef.name },
        ownerReferences: [ownerReference(owner, { controller: true, blockOwnerDeletion: true })],
      },
      appName: 'layer-keeper',
      worker: 'keeper',
      specVariable: 'LAYERS_SPEC',
      spec,
      mounts: [
        ...disks.map(({ name }) => ({ name: `disk-${name}`, mountPath: directoryOf(name) })),
        ...below.map((claim) => ({
          ...{ name: baseVolume(claim), mountPath: goldenDirectory(claim), readOnly: true },
        })),
      ],
      volumes: [
        ...disks.map(({ name, claimName }) => claimVolume(`disk-${name}`, claimName, false)),
        ...below.map((claim) => claimVolume(baseVolume(claim), claim, true)),
      ],
      extras: place,
    },
    config,
  );
}

const directoryOf = (disk: string): string => `${MachinePaths.volumes}/${disk}`;

const words = { worker: 'keeper', pod: 'keeper pod', failure: 'LayersFailed', schema: LayersState };

export const keeperEnd = (pod: Pod): WorkerEnd<LayersState> => workerEnd(pod, words);
