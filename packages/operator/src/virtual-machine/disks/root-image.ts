/** The image that a VM's own root disk starts as, or stands on. */
import { rootDiskOf, type EffectiveSpec, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';
import { imageIn, imageNamed } from '../../image/users.ts';
import { imageName, type ImageWish } from '../../image/wish.ts';
import { claimsBelow, ownerUid } from '../../ownership.ts';
import type { Observed } from '../observed.ts';

/** A VM without disks gets one of this name. */
export const DEFAULT_ROOT = 'root';

export function rootClaimOf({ metadata }: VirtualMachine, { disks }: EffectiveSpec) {
  const name = rootDiskOf(disks)?.name ?? DEFAULT_ROOT;
  return { name, claimName: `${metadata.name}-${name}` };
}

interface Root {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
}

/** A template may have another image by now; a linked disk stays on the one that it was made on. */
export function rootImage(caches: Caches, root: Root, wish: ImageWish): NonNullable<Observed['image']> {
  const { namespace = '' } = root.vm.metadata;
  const below = imageBelow(root);
  if (below === undefined || below === imageName(wish)) {
    return imageIn(caches, namespace, wish);
  }
  return imageNamed(caches, namespace, below);
}

function imageBelow({ vm, spec, claims }: Root): string | undefined {
  const claim = claims.get(rootClaimOf(vm, spec).claimName);
  return claim?.metadata.annotations?.[ownerUid] === vm.metadata.uid ? claimsBelow(claim)[0] : undefined;
}
