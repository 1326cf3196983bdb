/**
 * The pod that serves one disk to a running VM, whose own pod was made before the disk. It belongs to the VM's pod: it
 * outlives the guest's last write, and goes with the pod. Its name is the same at each attempt, so that there is
 * never more than one.
 */
import { attachmentName, Labels, type AttachSpec, type EffectiveSpec, type MachineDisk } from '@hypersdk/api';
import { ownerReference, type Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import { runtimeMount, runtimeVolume, SERVED } from '../../worker/serving.ts';
import { workerPod, type Work } from '../../worker/worker-pod.ts';
import { basesOf } from '../disks/disk-source.ts';
import { certificateName } from '../pod/epoch.ts';
import { diskDirectory, goldenDirectory } from '../pod/machine-spec.ts';
import { PATIENT } from '../pod/scheduling.ts';
import { baseVolume, claimVolume } from '../pod/volumes.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';

export interface AttachmentContext {
  readonly vmName: string;
  /** The VM's own pod. */
  readonly pod: Pod;
  readonly spec: Pick<EffectiveSpec, 'tolerations' | 'priorityClassName' | 'nodeSelector'>;
  readonly disk: ResolvedDisk;
  /** Its claim has a volume already. */
  readonly isBound: boolean;
  readonly machineDisk: MachineDisk;
  readonly config: Config;
  readonly now: Date;
}

export function attachmentPod(context: AttachmentContext): Pod {
  const { vmName, pod, disk, machineDisk, config, now } = context;
  const served = attachmentName(machineDisk);
  const name = `${pod.metadata.name}.${served}`;
  const spec: AttachSpec = { disk: machineDisk, exportName: served, client: certificateName(pod) };
  const owner = { ...pod, apiVersion: 'v1', kind: 'Pod' };
  return workerPod(
    {
      metadata: {
        name,
        namespace: pod.metadata.namespace ?? '',
        labels: { [Labels.attachedTo]: vmName, [Labels.disk]: served },
        ownerReferences: [ownerReference(owner, { controller: true })],
      },
      // That of the last attempt may not have been collected yet, and would go under this one's feet.
      secretName: `${name}-${now.getTime().toString(36)}`,
      appName: 'disk-attachment',
      worker: 'attacher',
      specVariable: 'ATTACH_SPEC',
      spec,
      ...storage(disk),
      startupProbe: SERVED,
      extras: extras(context),
    },
    config,
  );
}

function storage(disk: ResolvedDisk): Pick<Work, 'mounts' | 'devices' | 'volumes'> {
  const name = `disk-${disk.name}`;
  const path = diskDirectory(disk);
  const bases = basesOf([disk]);
  const isBlock = disk.volumeMode === 'Block';
  return {
    mounts: [
      runtimeMount,
      ...(isBlock ? [] : [{ name, mountPath: path }]),
      ...bases.map((claim) => ({
        ...{ name: baseVolume(claim), mountPath: goldenDirectory(claim), readOnly: true },
      })),
    ],
    ...(isBlock && { devices: [{ name, devicePath: path }] }),
    volumes: [
      runtimeVolume,
      claimVolume(name, disk.claimName, false),
      ...bases.map((claim) => claimVolume(baseVolume(claim), claim, true)),
    ],
  };
}

/**
 * Beside the guest where the volume lets it. A volume that is yet to be made for one node must be made where the VM will
 * mount it. No outage of the API server or the kubelet takes the disk away.
 */
function extras({ pod, spec, disk, isBound }: AttachmentContext): NonNullable<Work['extras']> {
  const { tolerations = [], priorityClassName, nodeSelector } = spec;
  const mustShare = !isBound && disk.accessMode !== 'ReadWriteMany';
  return {
    affinity: { nodeAffinity: besideGuest(pod.spec?.nodeName, mustShare) },
    tolerations: [...PATIENT, ...tolerations],
    ...(nodeSelector && { nodeSelector }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    hostname: 'attachment',
  };
}

/** The API server takes no node without a name, so that nothing is made for a pod that is nowhere and has to be shared with. */
function besideGuest(nodeName: string | undefined, mustShare: boolean) {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName ?? ''] }];
  if (mustShare)
    return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } };
  if (nodeName === undefined) return {};
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchFields } }],
  };
}
