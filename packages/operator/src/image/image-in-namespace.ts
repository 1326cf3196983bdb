/** Where the import of an image stands in one namespace. */
import type { VMImage } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { isBindingAwaited } from '../volume-binding.ts';
import { goldenImage, type GoldenImage } from './golden-image.ts';
import { sourceClaim, type SourceClaim } from './source-claim.ts';
import { imageName, vmImageWish, type ImageWish } from './wish.ts';

export interface ImageInNamespace {
  /** Of its claim; empty while nobody knows which image it is. */
  readonly name: string;
  readonly state: GoldenImage;
}

export function imageIn(caches: Caches, namespace: string, wish: ImageWish): ImageInNamespace {
  return imageNamed(caches, namespace, imageName(wish), sourceClaim(caches, namespace, wish));
}

export function imageNamed(
  caches: Caches,
  namespace: string,
  name: string,
  source?: SourceClaim,
): ImageInNamespace {
  const claim = caches.claims.get(`${namespace}/${name}`);
  const dependents = dependentsOf(caches, namespace, name).map(({ metadata }) => metadata.name);
  const isUnbound = claim !== undefined && isBindingAwaited(claim, caches.storageClasses.list());
  return { name, state: goldenImage({ name, claim, dependents, isUnbound, source }) };
}

/** A VMImage's, which may have asked not to be imported. */
export function vmImageIn(caches: Caches, vmImage: VMImage): ImageInNamespace {
  const { namespace = '' } = vmImage.metadata;
  const image = imageIn(caches, namespace, vmImageWish(vmImage));
  const isAbsent = image.state.type !== 'failed' && !caches.claims.get(`${namespace}/${image.name}`);
  if (vmImage.spec.prepare?.onMissing !== 'Fail' || !isAbsent) return image;
  const message = `The namespace does not have the image, and prepare.onMissing is Fail: set it to Import`;
  return {
    ...image,
    state: { type: 'failed', reason: 'ImageMissing', message, attempts: 0, isFinal: true },
  };
}

/** Claims of disks that stand on the image, those included that their VMs have left behind. */
export function dependentsOf(caches: Caches, namespace: string, name: string): PersistentVolumeClaim[] {
  return caches.claims.byIndex('standsOn', `${namespace}/${name}`);
}
