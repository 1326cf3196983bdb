/** Who needs which golden image. It is derived from the caches each time, never counted: a count would be wrong after a crash. */
import type { VirtualMachine, VMImage, VMTemplate } from '@hypersdk/api';
import { keyOf, type KubeObject } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { namedBy, type Named } from './named-by-disks.ts';
import { templatesOfImage, templateWish, templateWishes } from './template-image.ts';
import { vmsOf } from './templates.ts';
import { imageName, ownWishes, vmImageWish, type ImageWish } from './wish.ts';

/** The VMs with a disk that names a VMImage, be it by their template, and those of a template whose image it is. */
export function vmsOfImage(caches: Caches, image: VMImage): VirtualMachine[] {
  const ofTemplates = templatesOfImage(caches, image).flatMap((template) => vmsOf(caches, template));
  return [...new Set([...vmsNaming(caches, 'vmImage', image), ...ofTemplates])];
}

export interface ImageUsers {
  readonly templates: readonly VMTemplate[];
  readonly vmImages: readonly VMImage[];
  /** Those that name a VMImage too. */
  readonly virtualMachines: readonly VirtualMachine[];
}

/** Those for whom the image of this name has to be in this namespace. */
export function imageUsers(caches: Caches, namespace: string, name: string): ImageUsers {
  const isHere = ({ metadata }: VirtualMachine | VMTemplate | VMImage): boolean =>
    metadata.namespace === namespace;
  const { templates, virtualMachines } = wishers(caches, namespace, name);
  const vmImages = caches.vmImages.byIndex('image', name).filter(isHere);
  const ofVmImages = vmImages.flatMap((image) => vmsOfImage(caches, image).filter(isHere));
  return {
    templates: [...templates.filter(isHere), ...vmImages.flatMap((image) => templatesOfImage(caches, image))],
    vmImages,
    virtualMachines: [...virtualMachines, ...ofVmImages],
  };
}

/**
 * Those who name its source, in other namespaces the templates that VMs of this one use, be it by a VMImage there. A VMImage
 * of this namespace wishes for those who name it.
 */
function wishers(caches: Caches, namespace: string, name: string) {
  const elsewhere = caches.vmImages
    .byIndex('image', name)
    .filter(({ metadata }) => metadata.namespace !== namespace);
  const byVmImage = elsewhere.flatMap((image) => templatesOfImage(caches, image));
  const templates = [...new Set([...caches.templates.byIndex('image', name), ...byVmImage])];
  const vms = [
    ...caches.virtualMachines.byIndex('image', name),
    ...templates.flatMap((template) => {
      const wish = templateWish(caches, template);
      const isRoot = wish !== undefined && imageName(wish) === name;
      return vmsOf(caches, template).filter(({ spec }) => isRoot || spec.disks === undefined);
    }),
  ];
  return { templates, virtualMachines: vms.filter(({ metadata }) => metadata.namespace === namespace) };
}

export interface WantedImage {
  readonly wish: ImageWish | undefined;
  readonly vmImages: readonly VMImage[];
  /** How many others want it. */
  readonly others: number;
}

/** The wish is undefined when nobody has it. */
export function wantedImage(caches: Caches, namespace: string, name: string): WantedImage {
  const { templates, virtualMachines } = wishers(caches, namespace, name);
  const vmImages = caches.vmImages.byIndex('image', name).filter(isOf(namespace)).filter(isWanted);
  const users = templates.filter(isOf(namespace)).length + virtualMachines.length;
  const wishes = [
    ...(users > 0 ? templates.flatMap((template) => templateWishes(caches, template)) : []),
    ...vmImages.map(vmImageWish),
    ...virtualMachines.slice(0, 1).flatMap(ownWishes),
  ];
  const wish = wishes.find((candidate) => imageName(candidate) === name);
  return { wish, vmImages, others: users };
}

const isOf =
  (namespace: string) =>
  ({ metadata }: VMTemplate | VMImage): boolean =>
    metadata.namespace === namespace;

/** One that is being deleted wants nothing more; disks keep what they stand on. */
const isWanted = ({ metadata }: VMImage): boolean => metadata.deletionTimestamp === undefined;

/** The VMs whose disks, be it by their template, name an object. */
export function vmsNaming(
  caches: Pick<Caches, 'templates' | 'virtualMachines'>,
  what: Named,
  object: KubeObject,
): VirtualMachine[] {
  const key = keyOf(object);
  const byTemplate = caches.templates
    .byIndex(what, object.metadata.name)
    .flatMap((template) => vmsOf(caches, template).filter((vm) => namedBy(what, vm, template).includes(key)));
  return [...new Set([...caches.virtualMachines.byIndex(what, key), ...byTemplate])];
}
