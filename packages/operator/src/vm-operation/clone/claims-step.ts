import type { VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { isBindingAwaited } from '../../volume-binding.ts';
import type { WorkAction } from '../actions.ts';
import type { Next } from '../kind.ts';
import { claimReference } from '../../ownership.ts';
import { cloneClaim, ownersWith } from './claims.ts';
import { copyStep } from './copy-step.ts';
import { isHeld, volumesOf, waiting, type Making } from './making.ts';
import { clonedVolume } from '../../volume-clone.ts';
import { isClonedByClass } from './volume-clone.ts';

/** Its claims, each bound as far as it can be before a pod uses it; then the copy. */
export function claimsStep(making: Making, target: VirtualMachine): Next {
  const actions = [...missingClaims(making, target), ...unkeptBases(making)];
  if (actions.length > 0) return waiting('claims', 'Making the claims of the clone', actions);
  const unbound = unboundClaim(making);
  if (!unbound) return copyStep(making, target);
  return waiting('claims', `Waiting for the volume of claim ${unbound.metadata.name}`, []);
}

/** While the source is awaited. A class clones the volume as it is when its claim is made, so then it has to be held before. */
export function claimsAhead(making: Making, target: VirtualMachine): WorkAction[] {
  const { disks, observed } = making;
  return disks.some((disk) => isClonedByClass(disk, observed)) ? [] : missingClaims(making, target);
}

function missingClaims(making: Making, target: VirtualMachine): WorkAction[] {
  const { observed, disks, vm } = making;
  const { claims, made, operation } = observed;
  return volumesOf(making)
    .filter(({ claimName }) => !made.has(claimName))
    .map((disk) => {
      const source = claims.get(disk.source.claimName);
      const claim = cloneClaim(target, disk, source);
      const isCloned =
        source && disks.includes(disk) && isHeld(vm, operation) && isClonedByClass(disk, observed);
      return { type: 'createClaim', claim: isCloned ? clonedVolume(claim, source) : claim };
    });
}

/** Before anything stands on a claim it must be sure to stay. */
function unkeptBases({ observed: { claims, made }, disks }: Making): WorkAction[] {
  const bases = new Set(disks.flatMap((disk) => disk.bases));
  return [...bases].flatMap((name) => {
    const base = claims.get(name);
    const above = disks
      .filter((disk) => disk.bases.includes(name))
      .flatMap((disk) => made.get(disk.claimName) ?? []);
    const owners = base && ownersWith(base, above.map(claimReference));
    return owners ? [{ type: 'keepClaim', claim: base, owners } as const] : [];
  });
}

function unboundClaim(making: Making): PersistentVolumeClaim | undefined {
  const { observed } = making;
  return volumesOf(making)
    .flatMap(({ claimName }) => observed.made.get(claimName) ?? [])
    .find((claim) => isBindingAwaited(claim, observed.storageClasses));
}
