/** What to say of one VMImage, and when to let it go. Pure: its image is imported for whoever wants it. */
import { Finalizers, type VMImageStatus } from '@hypersdk/api';
import type { GoldenImage } from '../image/golden-image.ts';
import { unsupportedSource, vmImageWish } from '../image/wish.ts';
import { namesOf } from './in-use.ts';
import type { ObservedVmImage } from './observed.ts';
import { announceable, vmImageStatus, type Told } from './status.ts';

export interface VmImagePlan {
  readonly finalizer: 'add' | 'remove' | 'leave';
  readonly status: VMImageStatus;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
}

export function planVmImage(observed: ObservedVmImage, now: Date): VmImagePlan {
  const { metadata } = observed.vmImage;
  if (metadata.deletionTimestamp) return planDeletion(observed, now);
  const isHeld = metadata.finalizers?.includes(Finalizers.vmImage);
  return { ...told(observed, tellOf(observed), now), finalizer: isHeld ? 'leave' : 'add' };
}

/** It stays until the last disk that stands on it is gone. */
function planDeletion(observed: ObservedVmImage, now: Date): VmImagePlan {
  const { vmImage, dependents } = observed;
  if (dependents.length === 0) return { finalizer: 'remove', status: vmImage.status ?? {} };
  const message = `These disks stand on the image: ${namesOf(dependents)}. Delete them, and the VMImage goes`;
  const phase = vmImage.status?.phase ?? 'Ready';
  return told(observed, { phase, reason: 'InUse', message, isStalled: true }, now);
}

function tellOf({ vmImage, image: { name, state } }: ObservedVmImage): Told {
  const kind = unsupportedSource(vmImageWish(vmImage));
  if (kind !== undefined) {
    const message = `source.${kind} is not implemented in this version: use http or containerDisk`;
    return { phase: 'Failed', reason: 'NotImplemented', message, isStalled: true };
  }
  switch (state.type) {
    case 'importing': {
      const { reason, attempts, progress } = state;
      const percent = progress === undefined ? '' : `: ${progress} %`;
      return { phase: phaseOf(state), reason, message: state.message + percent, attempts, progress };
    }
    case 'failed': {
      const { reason, message, attempts, isFinal } = state;
      return { phase: 'Failed', reason, message, attempts, isStalled: isFinal };
    }
    case 'ready':
      return {
        phase: 'Ready',
        reason: 'Imported',
        message: 'The image is imported',
        attempts: state.attempts,
        imported: { claim: name, ...state },
      };
  }
}

function phaseOf({ step }: Extract<GoldenImage, { type: 'importing' }>): Told['phase'] {
  if (step === undefined) return 'Pending';
  return step === 'Downloading' ? 'Importing' : 'Preparing';
}

function told(observed: ObservedVmImage, what: Told, now: Date): VmImagePlan {
  const status = vmImageStatus(observed, what, now);
  return { finalizer: 'leave', status, ...announceable(observed.vmImage, what) };
}
