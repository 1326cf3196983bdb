/** By which the caches find who names an image, or a claim that one is copied from. */
import type { VirtualMachine, VMImage, VMTemplate } from '@hypersdk/api';
import { keyOf } from '@hypersdk/kube';
import { namedBy, namedByTemplate } from './named-by-disks.ts';
import { imageName, ownWishes, templateOwnWishes, vmImageWish, type ImageWish } from './wish.ts';

/** Keys of the VMImages that a VM's disks name, or its template. */
export function vmImagesOf(vm: VirtualMachine, template: VMTemplate | undefined): string[] {
  const { image } = template?.spec.image.source ?? {};
  const ofTemplate =
    template && image ? [keyOf({ namespace: template.metadata.namespace ?? '', ...image })] : [];
  return [...namedBy('vmImage', vm, template), ...ofTemplate];
}

export const imagesOfTemplate = (template: VMTemplate): string[] =>
  templateOwnWishes(template).map(imageName);

export const imagesOfVm = (vm: VirtualMachine): string[] => ownWishes(vm).map(imageName);

export const imageOfVmImage = (vmImage: VMImage): string[] => [imageName(vmImageWish(vmImage))];

export const vmImagesOfTemplate = (template: VMTemplate): string[] => [
  ...namedByTemplate('vmImage')(template),
  ...[template.spec.image.source.image?.name ?? []].flat(),
];

export function sourceClaimKey({ source: { pvc } }: ImageWish): string | undefined {
  return pvc && `${pvc.namespace ?? ''}/${pvc.name}`;
}

export const sourceClaimsOf = (wishes: readonly ImageWish[]): string[] =>
  wishes.flatMap((wish) => sourceClaimKey(wish) ?? []);
