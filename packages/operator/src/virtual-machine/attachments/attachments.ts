/** What is read from the pods that serve disks to a VM. */
import { AttachSpec, AttachState, Labels, NBD_PORT, type MachineAttachment } from '@hypersdk/api';
import { isOwnedBy, type Pod } from '@hypersdk/kube';
import { isServing } from '../../worker/serving.ts';
import { workerEnd, type WorkerEnd } from '../../worker/worker-end.ts';
import { certificateName } from '../pod/epoch.ts';

/** Those of one epoch: the VM's pod owns them. */
export function attachmentsOf(attachments: readonly Pod[], vmPod: Pod): Pod[] {
  return attachments.filter((pod) => isOwnedBy(pod, vmPod.metadata.uid ?? ''));
}

export const servedDisk = ({ metadata }: Pod): string => metadata.labels?.[Labels.disk] ?? '';

/** The pod of the VM has the disk's volume itself. */
export function isMounted({ spec }: Pod, disk: string): boolean {
  return spec?.volumes?.some(({ name }) => name === `disk-${disk}`) ?? false;
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
