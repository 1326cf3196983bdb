/** The image that a VM's own root disk starts as, or stands on. */
import { rootDiskOf, type EffectiveSpec, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';
import { imageIn, imageNamed, type ImageInNamespace } from '../../image/image-in-namespace.ts';
import { templateImageIn } from '../../image/template-image.ts';
import { ownWish } from '../../image/wish.ts';
import { claimsBelow, ownerUid } from '../../ownership.ts';
import type { Observed } from '../observed.ts';
import { ownClaimName } from './claim-name.ts';

/** A VM without disks gets one of this name. */
export const DEFAULT_ROOT = 'root';

export function rootClaimOf(vm: VirtualMachine, { disks }: EffectiveSpec) {
  const name = rootDiskOf(disks)?.name ?? DEFAULT_ROOT;
  return { name, claimName: ownClaimName(vm, name) };
}

interface Root extends Pick<Observed, 'template'> {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
}

/** A template may have another image by now; a linked disk stays on the one that it was made on. */
export function rootImage(caches: Caches, root: Root): ImageInNamespace | undefined {
  const { namespace = '' } = root.vm.metadata;
  const wanted = wantedImage(caches, namespace, root);
  // A clone stands on its source's disk, which is nobody's image.
  if (!wanted) return undefined;
  const below = imageBelow(root);
  return below === undefined || below === wanted.name ? wanted : imageNamed(caches, namespace, below);
}

function wantedImage(
  caches: Caches,
  namespace: string,
  { vm, template }: Root,
): ImageInNamespace | undefined {
  if (template) return templateImageIn(caches, namespace, template);
  const wish = ownWish(vm);
  return wish && imageIn(caches, namespace, wish);
}

function imageBelow({ vm, spec, claims }: Root): string | undefined {
  const claim = claims.get(rootClaimOf(vm, spec).claimName);
  return claim?.metadata.annotations?.[ownerUid] === vm.metadata.uid ? claimsBelow(claim)[0] : undefined;
}
