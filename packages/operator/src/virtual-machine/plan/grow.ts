import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { claimState } from '../disks/claims.ts';
import { growths } from '../disks/growth.ts';
import type { Observed } from '../observed.ts';
import type { Action } from './actions.ts';

/** Claims come first: a disk grows when there is room for it. Also of a VM that is off, whose disks grow at its start. */
export function growClaims(observed: Observed): Action[] {
  return growths(observed).flatMap(({ disk, claim, growth }) => {
    if (growth.type !== 'wanted' || claimState(observed.vm, disk, claim).type !== 'usable') return [];
    return [{ type: 'growClaim', claim: growth.claim, size: growth.size } as const];
  });
}

/** The part of a claim that asks for room; the uid keeps a claim of the same name that was made since from it. */
export function sizeRequest({ metadata: { name, uid } }: PersistentVolumeClaim, size: string) {
  return {
    metadata: { name, ...(uid !== undefined && { uid }) },
    spec: { resources: { requests: { storage: size } } },
  };
}
