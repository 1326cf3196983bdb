/** Whose child an object is when it must outlive its owner, so that an owner reference would be wrong. */
import { GROUP } from '@hypersdk/api';
import type { KubeObject } from '@hypersdk/kube';

/** Annotation with the uid of the VM that an object was made for. */
export const ownerUid = `${GROUP}/owner-uid`;

/**
 * Annotation on a linked disk's claim: the claims that it stands on, down to the last, with commas between. They are
 * kept for as long as it is there, even when its VM is gone.
 */
export const STANDS_ON = `${GROUP}/stands-on`;

export function claimsBelow(claim: KubeObject | undefined): string[] {
  return claim?.metadata.annotations?.[STANDS_ON]?.split(',').filter(Boolean) ?? [];
}
