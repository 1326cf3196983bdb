/** Who needs which golden image. It is derived from the caches each time, never counted: a count would be wrong after a crash. */
import type { VirtualMachine, VMTemplate } from '@hypersdk/api';
import { keyOf, type PersistentVolumeClaim } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { isBindingAwaited } from '../volume-binding.ts';
import { goldenImage, type GoldenImage } from './golden-image.ts';
import { imageName, ownWish, templateWish, unsupportedSource, wishOf, type ImageWish } from './wish.ts';

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

export interface ImageUsers {
  readonly templates: readonly VMTemplate[];
  readonly virtualMachines: readonly VirtualMachine[];
}

/** Those for whom the image of this name has to be in this namespace. */
export function imageUsers(caches: Caches, namespace: string, name: string): ImageUsers {
  const isHere = ({ metadata }: VirtualMachine | VMTemplate): boolean => metadata.namespace === namespace;
  const sources = caches.templates.byIndex('image', name);
  const ofTemplates = sources.flatMap((template) => vmsOf(caches, template));
  const own = caches.virtualMachines.byIndex('image', name);
  return {
    templates: sources.filter(isHere),
    virtualMachines: [...own, ...ofTemplates].filter(isHere),
  };
}

/** Undefined when nobody wants it, or wants what this version cannot get. */
export function wishFor(caches: Caches, users: ImageUsers): ImageWish | undefined {
  const [template] = users.templates;
  const [vm] = users.virtualMachines;
  const wish = template ? templateWish(template) : vm && wishOf(vm, templateOf(caches, vm));
  return wish && unsupportedSource(wish) === undefined ? wish : undefined;
}

export interface ImageInNamespace {
  readonly name: string;
  readonly state: GoldenImage;
}

export function imageIn(caches: Caches, namespace: string, wish: ImageWish): ImageInNamespace {
  const name = imageName(wish);
  const claim = caches.claims.get(`${namespace}/${name}`);
  const dependents = dependentsOf(caches, namespace, name).map(({ metadata }) => metadata.name);
  const isUnbound = claim !== undefined && isBindingAwaited(claim, caches.storageClasses.list());
  return { name, state: goldenImage({ name, claim, dependents, isUnbound }) };
}

/** Claims of disks that stand on the image, those included that their VMs have left behind. */
export function dependentsOf(caches: Caches, namespace: string, name: string): PersistentVolumeClaim[] {
  return caches.claims.byIndex('standsOn', `${namespace}/${name}`);
}

/** For the caches' indexes. */
export const imageOfTemplate = (template: VMTemplate): string[] => [imageName(templateWish(template))];
export function imageOfVm(vm: VirtualMachine): string[] {
  const wish = ownWish(vm);
  return wish ? [imageName(wish)] : [];
}
