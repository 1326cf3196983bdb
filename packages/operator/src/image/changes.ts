/** Whom a change of an image concerns. */
import { Labels, type VMImage, type VMTemplate, type VirtualMachine } from '@hypersdk/api';
import { copiersOf } from './source-claim.ts';
import { templatesOfImage } from './template-image.ts';
import { vmsOf } from './templates.ts';
import { imageUsers, vmsOfImage } from './users.ts';
import type { Context } from '../context.ts';

/** Calls back for each VM and template that names a VMImage which has changed. */
export function onVmImageChange(
  { caches }: Pick<Context, 'caches'>,
  onUser: (user: VirtualMachine | VMTemplate) => void,
): void {
  caches.vmImages.subscribe(({ object }) => {
    for (const user of [...vmsOfImage(caches, object), ...templatesOfImage(caches, object)]) onUser(user);
  });
}

/** Calls back for each template, VMImage and VM that waits for, or stands on, the image whose claim has changed. */
export function onImageChange(
  { caches }: Pick<Context, 'caches'>,
  onUser: (user: VMTemplate | VMImage | VirtualMachine) => void,
): void {
  caches.claims.subscribe(({ object }) => {
    const { metadata } = object;
    for (const { user } of copiersOf(caches, object)) {
      onUser(user);
      if (user.kind === 'VMTemplate') for (const vm of vmsOf(caches, user)) onUser(vm);
    }
    const name = metadata.labels?.[Labels.image];
    if (name === undefined) return;
    const { templates, vmImages, virtualMachines } = imageUsers(caches, metadata.namespace ?? '', name);
    for (const user of [...templates, ...vmImages, ...virtualMachines]) onUser(user);
  });
}
