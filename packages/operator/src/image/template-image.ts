/** The image of a VMTemplate: what its source says, or that of the VMImage which it names. */
import type { VMImage, VMTemplate } from '@hypersdk/api';
import type { Caches } from '../caches.ts';
import { imageIn, vmImageIn, type ImageInNamespace } from './image-in-namespace.ts';
import { templateOwnWish, templateOwnWishes, vmImageWish, type ImageWish } from './wish.ts';

/** Undefined while the VMImage that it names is not there. */
export function templateWish(caches: Pick<Caches, 'vmImages'>, template: VMTemplate): ImageWish | undefined {
  const vmImage = vmImageOf(caches, template);
  return vmImage ? vmImageWish(vmImage) : templateOwnWish(template);
}

/** Those of its disks included. */
export function templateWishes(caches: Pick<Caches, 'vmImages'>, template: VMTemplate): ImageWish[] {
  const vmImage = vmImageOf(caches, template);
  return [...(vmImage ? [vmImageWish(vmImage)] : []), ...templateOwnWishes(template)];
}

/** For the VMs of a namespace, which may be another than the template's. */
export function templateImageIn(caches: Caches, namespace: string, template: VMTemplate): ImageInNamespace {
  const vmImage = vmImageOf(caches, template);
  if (vmImage?.metadata.namespace === namespace) return vmImageIn(caches, vmImage);
  const wish = templateWish(caches, template);
  return wish ? imageIn(caches, namespace, wish) : vmImageMissing(template);
}

function vmImageOf(
  { vmImages }: Pick<Caches, 'vmImages'>,
  { spec, metadata }: VMTemplate,
): VMImage | undefined {
  const { image } = spec.image.source;
  const found = image && vmImages.get(`${metadata.namespace ?? ''}/${image.name}`);
  return found?.metadata.deletionTimestamp === undefined ? found : undefined;
}

function vmImageMissing({ spec }: VMTemplate): ImageInNamespace {
  const message = `VMImage ${spec.image.source.image?.name ?? ''} does not exist, or is being deleted: create it`;
  const state = { type: 'failed', reason: 'VMImageNotFound', message, attempts: 0, isFinal: true } as const;
  return { name: '', state };
}

/** The templates whose image a VMImage is. */
export function templatesOfImage(
  { templates }: Pick<Caches, 'templates'>,
  { metadata }: VMImage,
): VMTemplate[] {
  return templates
    .byIndex('vmImage', metadata.name)
    .filter(
      (template) =>
        template.metadata.namespace === metadata.namespace &&
        template.spec.image.source.image?.name === metadata.name,
    );
}
