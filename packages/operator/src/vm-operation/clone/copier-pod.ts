/** The pod that makes the clone's disks: it mounts the source's claims and the clone's, and has no right beyond. */
import { Labels, MachinePaths, type CopySpec, type MachineVolume, type VMOperation } from '@hypersdk/api';
import { ownerReference, type Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import { baseVolume, claimVolume } from '../../virtual-machine/pod/volumes.ts';
import { workerPod } from '../../worker/worker-pod.ts';
import type { ClonedDisk } from './disks.ts';

export interface CopierContext {
  readonly operation: VMOperation;
  readonly targetName: string;
  readonly disks: readonly ClonedDisk[];
  /** Claims below the source's disks. */
  readonly below: readonly string[];
  readonly copy: CopySpec;
  /** Where the source's guest runs; its volumes may be on that node only. */
  readonly nodeName: string | undefined;
  readonly config: Config;
}

export const copierName = (targetName: string): string => `${targetName}-clone`;

export function copierPod(context: CopierContext): Pod {
  const { operation, targetName, copy, nodeName, config } = context;
  return workerOf(operation, {
    ...{ name: copierName(targetName), copy, config },
    mounts: mounts(context),
    devices: devices(context),
    volumes: volumes(context),
    ...(nodeName !== undefined && { extras: { affinity: { nodeAffinity: onNode(nodeName) } } }),
  });
}

type Worker = Parameters<typeof workerPod>[0];
interface CopyWork extends Pick<Worker, 'mounts' | 'volumes' | 'devices' | 'extras'> {
  readonly name: string;
  readonly copy: CopySpec;
  readonly config: Config;
}

/** A worker on the disks of the operation's VM; while it is there, that VM's guest is not started. */
export function workerOf({ metadata, spec, ...rest }: VMOperation, work: CopyWork): Pod {
  const { name, copy, config, ...pod } = work;
  return workerPod(
    {
      metadata: {
        ...{ name, namespace: metadata.namespace ?? '' },
        labels: { [Labels.cloneSource]: spec.vmRef.name },
        ownerReferences: [
          ownerReference({ metadata, ...rest }, { controller: true, blockOwnerDeletion: true }),
        ],
      },
      appName: 'disk-copier',
      worker: 'copier',
      specVariable: 'COPY_SPEC',
      spec: copy,
      ...pod,
    },
    config,
  );
}

function volumes({ disks, below }: CopierContext) {
  return [
    ...disks.flatMap(({ source, claimName }) => [
      claimVolume(baseVolume(source.claimName), source.claimName, false),
      claimVolume(targetVolume(source.name), claimName, false),
    ]),
    ...below.map((claim) => claimVolume(baseVolume(claim), claim, true)),
  ];
}

/** The source's claims are where the clone's pod will have them, because its overlays name their layers by path. */
export function copySpec(id: string, disks: readonly ClonedDisk[], isFrozen: boolean): CopySpec {
  return {
    ...{ id, isFrozen },
    disks: disks.map(({ source, mode }) => ({
      ...{ name: source.name, mode },
      from: volume(source, sourcePath(source.claimName)),
      to: volume(source, targetPath(source.name)),
    })),
  };
}

function volume({ volumeMode }: ClonedDisk['source'], path: string): MachineVolume {
  return volumeMode === 'Block' ? { type: 'block', device: path } : { type: 'filesystem', directory: path };
}

function mounts({ disks, below }: CopierContext) {
  const files = disks.filter(({ source }) => source.volumeMode === 'Filesystem');
  return [
    ...files.flatMap(({ source: { claimName, name } }) => [
      { name: baseVolume(claimName), mountPath: sourcePath(claimName) },
      { name: targetVolume(name), mountPath: targetPath(name) },
    ]),
    ...below.map((claim) => ({ name: baseVolume(claim), mountPath: sourcePath(claim), readOnly: true })),
  ];
}

function devices({ disks }: CopierContext) {
  const blocks = disks.filter(({ source }) => source.volumeMode === 'Block');
  return blocks.flatMap(({ source: { claimName, name } }) => [
    { name: baseVolume(claimName), devicePath: sourcePath(claimName) },
    { name: targetVolume(name), devicePath: targetPath(name) },
  ]);
}

/** Where a pod that has an overlay looks for what it stands on. */
export const sourcePath = (claim: string): string => `${MachinePaths.images}/${claim}`;
const targetPath = (disk: string): string => `${MachinePaths.volumes}/${disk}`;
const targetVolume = (disk: string): string => `clone-${disk}`;

function onNode(nodeName: string) {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } };
}
