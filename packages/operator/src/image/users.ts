/** Who needs which golden image. It is derived from the caches each time, never counted: a count would be wrong after a crash. */
import type { VirtualMachine, VMImage, VMTemplate } from '@hypersdk/api';
import { keyOf, type PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { isBindingAwaited } from '../volume-binding.ts';
import { goldenImage, type GoldenImage } from './golden-image.ts';
import { sourceClaim, type SourceClaim } from './source-claim.ts';
import {
  disksOf,
  imageName,
  ownWishes,
  templateWish,
  templateWishes,
  vmImageWish,
  type ImageWish,
} from './wish.ts';

/** The template that a VM names, unless it lies in a namespace that does not share it with the VM's. */
export function templateOf(caches: Pick<Caches, 'templates'>, vm: VirtualMachine): VMTemplate | undefined {
  const key = templateKeyOf(vm);
  const template = key === undefined ? undefined : caches.templates.get(key);
  return template && maySee(vm, template) ? template : undefined;
}

export function templateKeyOf({ spec, metadata }: VirtualMachine): string | undefined {
  const reference = spec.image?.templateRef;
  return reference && `${reference.namespace ?? metadata.namespace ?? ''}/${reference.name}`;
}

export function maySee({ metadata: { namespace = '' } }: VirtualMachine, template: VMTemplate): boolean {
  const { sharedWith = [] } = template.spec;
  return (
    template.metadata.namespace === namespace || sharedWith.includes('*') || sharedWith.includes(namespace)
  );
}

/** The VMs that name a template and may. */
export function vmsOf(caches: Pick<Caches, 'virtualMachines'>, template: VMTemplate): VirtualMachine[] {
  const vms = caches.virtualMachines.byIndex('template', keyOf(template));
  return vms.filter((vm) => maySee(vm, template));
}

/** The VMs with a disk that names a VMImage, be it by their template. */
export function vmsOfImage(caches: Caches, image: VMImage): VirtualMachine[] {
  const key = keyOf(image);
  const byTemplate = caches.templates
    .byIndex('vmImage', image.metadata.name)
    .flatMap((template) => vmsOf(caches, template).filter((vm) => vmImagesOf(vm, template).includes(key)));
  return [...new Set([...caches.virtualMachines.byIndex('vmImage', key), ...byTemplate])];
}

/** Keys of the VMImages that a VM's disks name. */
export function vmImagesOf(vm: VirtualMachine, template: VMTemplate | undefined): string[] {
  return disksOf(vm, template).flatMap(({ source }) =>
    source?.image ? [`${vm.metadata.namespace ?? ''}/${source.image.name}`] : [],
  );
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
  const ofVmImages = vmImages.flatMap((image) => vmsOfImage(caches, image));
  return {
    templates: templates.filter(isHere),
    vmImages,
    virtualMachines: [...virtualMachines, ...ofVmImages],
  };
}

/** Those who name its source, in other namespaces the templates that VMs of this one use. */
function wishers(caches: Caches, namespace: string, name: string) {
  const templates = caches.templates.byIndex('image', name);
  const vms = [
    ...caches.virtualMachines.byIndex('image', name),
    ...templates.flatMap((template) => {
      const isRoot = imageName(templateWish(template)) === name;
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
    ...(users > 0 ? templates.flatMap(templateWishes) : []),
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

export interface ImageInNamespace {
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

/** For the caches' indexes. */
export const imagesOfTemplate = (template: VMTemplate): string[] => templateWishes(template).map(imageName);
export const imagesOfVm = (vm: VirtualMachine): string[] => ownWishes(vm).map(imageName);
export const imageOfVmImage = (vmImage: VMImage): string[] => [imageName(vmImageWish(vmImage))];
/** Names alone: they are looked for in the namespaces of the template's VMs. */
export const vmImagesOfTemplate = ({ spec }: VMTemplate): string[] =>
  (spec.defaultSpec?.disks ?? []).flatMap(({ source }) => source?.image?.name ?? []);
