/** What is read from the pods that serve disks to a VM. */
import {
  AttachSpec,
  AttachState,
  Labels,
  NBD_PORT,
  servedChain,
  type MachineAttachment,
  type MachineDiskState,
} from '@hypersdk/api';
import { isOwnedBy, type Pod } from '@hypersdk/kube';
import { isServing } from '../../worker/serving.ts';
import { workerEnd, type WorkerEnd } from '../../worker/worker-end.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';
import { certificateName } from '../pod/epoch.ts';

/** Those of one epoch: the VM's pod owns them. */
export function attachmentsOf(attachments: readonly Pod[], vmPod: Pod): Pod[] {
  return attachments.filter((pod) => isOwnedBy(pod, vmPod.metadata.uid ?? ''));
}

/** As `attachmentName` has it. */
export const servedDisk = ({ metadata }: Pod): string => metadata.labels?.[Labels.disk] ?? '';

/** The pod of the VM has the disk's volume itself; a drive's may be that of another medium. */
export function isMounted({ spec }: Pod, { name, device, claimName }: ResolvedDisk): boolean {
  const volume = spec?.volumes?.find((each) => each.name === `disk-${name}`);
  if (!volume || device === 'disk') return volume !== undefined;
  return volume.persistentVolumeClaim?.claimName === claimName;
}

/** Whether the machine's disk, or the medium in its drive, is what this pod serves. */
export function isServedBy(pod: Pod, { name, chain }: Pick<MachineDiskState, 'name' | 'chain'>): boolean {
  return name === servedDisk(pod) || chain[0] === servedChain(servedDisk(pod));
}

/** The claim that it serves. */
export function servedClaim({ metadata, spec }: Pod): string | undefined {
  // Disks have no dots in their names.
  const [disk = ''] = servedDisk({ metadata }).split('.');
  return spec?.volumes?.find(({ name }) => name === `disk-${disk}`)?.persistentVolumeClaim?.claimName;
}

/** Where the launcher finds the disks that are served now. */
export function machineAttachments(attachments: readonly Pod[], vmPod: Pod): MachineAttachment[] {
  return attachmentsOf(attachments, vmPod)
    .filter(isServing)
    .map((pod) => ({
      disk: servedDisk(pod),
      host: pod.status?.podIP ?? '',
      port: NBD_PORT,
      server: certificateName(pod),
    }))
    .sort((a, b) => a.disk.localeCompare(b.disk));
}

const words = {
  ...{ worker: 'attacher', pod: 'attachment pod', failure: 'AttachFailed' },
  schema: AttachState,
};

export const attachmentEnd = (pod: Pod): WorkerEnd<AttachState> => workerEnd(pod, words);

/** Bytes that the disk had to have when the pod was made. */
export function attachedSize({ spec }: Pod): number {
  const value = spec?.containers[0]?.env?.find(({ name }) => name === 'ATTACH_SPEC')?.value;
  return AttachSpec.parse(JSON.parse(value ?? '')).disk.size;
}
