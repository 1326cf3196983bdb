/** What to say of one VMImage, and when to let it go. Pure: its image is imported for whoever wants it. */
import { Finalizers, type VMImageStatus } from '@hypersdk/api';
import type { GoldenImage } from '../image/golden-image.ts';
import { announceable, type ImageUserPlan } from '../image/told-status.ts';
import { tellOfImport, type Told } from '../image/told.ts';
import { namesOf } from './in-use.ts';
import type { ObservedVmImage } from './observed.ts';
import { vmImageStatus } from './status.ts';

export type VmImagePlan = ImageUserPlan<VMImageStatus>;
type Phase = NonNullable<VMImageStatus['phase']>;

export function planVmImage(observed: ObservedVmImage, now: Date): VmImagePlan {
  const { metadata } = observed.vmImage;
  if (metadata.deletionTimestamp) return planDeletion(observed, now);
  const isHeld = metadata.finalizers?.includes(Finalizers.vmImage);
  return {
    ...told(observed, tellOfImport({ ...observed, phaseOf }), now),
    finalizer: isHeld ? 'leave' : 'add',
  };
}

/** It stays until the last disk that stands on it is gone. */
function planDeletion(observed: ObservedVmImage, now: Date): VmImagePlan {
  const { vmImage, dependents } = observed;
  if (dependents.length === 0) return { finalizer: 'remove', status: vmImage.status ?? {} };
  const message = `These disks stand on the image: ${namesOf(dependents)}. Delete them, and the VMImage goes`;
  const phase = vmImage.status?.phase ?? 'Ready';
  return told(observed, { phase, reason: 'InUse', message, isStalled: true }, now);
}

function phaseOf({ step }: Extract<GoldenImage, { type: 'importing' }>): Phase {
  if (step === undefined || step === 'AwaitingUpload') return 'Pending';
  return step === 'Downloading' ? 'Importing' : 'Preparing';
}

function told(observed: ObservedVmImage, what: Told<Phase>, now: Date): VmImagePlan {
  const status = vmImageStatus(observed, what, now);
  return { finalizer: 'leave', status, ...announceable(observed.vmImage, what) };
}
