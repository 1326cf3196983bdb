/**
 * A pod whose claim is bound at once by its class is made only when it is. The scheduler turns it away before, and
 * may take in that the claim is bound just after it has looked again; then it leaves the pod alone for five minutes
 * (kubernetes/kubernetes#93552). Where a claim waits for its first consumer, the pod has to come first.
 */
import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import { storageClass } from './storage-profiles.ts';

/** False for a claim whose class is not known: the scheduler's words say more than we could. */
export function isBindingAwaited(claim: PersistentVolumeClaim, classes: readonly StorageClass[]): boolean {
  if (claim.status?.phase === 'Bound') return false;
  return storageClass(classes, claim.spec?.storageClassName)?.volumeBindingMode === 'Immediate';
}
