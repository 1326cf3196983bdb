import { Finalizers, type VirtualMachine } from '@hypersdk/api';
import { keyOf, type KubeObject, type Result, type WorkQueue } from '@hypersdk/kube';
import { claimsBelow } from '../ownership.ts';
import { dependentsOf, vmImageIn } from '../image/image-in-namespace.ts';
import { templateOf } from '../image/templates.ts';
import { vmsOfImage } from '../image/users.ts';
import { executeImageUser } from '../image/execute-user.ts';
import { planVmImage } from './plan.ts';
import type { Context } from '../context.ts';
import { onImageChange } from '../image/changes.ts';
import { vmImagesOf } from '../image/indexes.ts';

export async function reconcileVmImage(context: Context, key: string, signal: AbortSignal): Promise<Result> {
  const { caches, own } = context;
  const vmImage = own.vmImages.get(key);
  if (!vmImage) return {};
  const image = vmImageIn(caches, vmImage);
  const dependents = dependentsOf(caches, vmImage.metadata.namespace ?? '', image.name);
  const users = vmsOfImage(caches, vmImage);
  const planned = planVmImage({ vmImage, image, users, dependents }, new Date());
  const user = { object: vmImage, own: own.vmImages, kind: 'VMImage', finalizer: Finalizers.vmImage };
  return { requeueAfter: await executeImageUser(context, user, planned, signal) };
}

/** Whatever happens to the image, to what stands on it, or to who names it. */
export function enqueueVmImages(context: Context, queue: WorkQueue): void {
  const { caches } = context;
  caches.vmImages.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
  onImageChange(context, (user) => {
    if (user.kind === 'VMImage') queue.add(keyOf(user));
  });
  caches.claims.subscribe(({ object }) => {
    for (const vmImage of imagesBelow(context, object)) queue.add(keyOf(vmImage));
  });
  const addUsed = (vm: VirtualMachine): void => {
    for (const key of vmImagesOf(vm, templateOf(caches, vm))) queue.add(key);
  };
  caches.virtualMachines.subscribe((change) => {
    // Only a VM that comes or goes, or another spec, changes who uses an image.
    const before = change.type === 'modified' ? change.previous : undefined;
    if (before && before.metadata.generation === change.object.metadata.generation) return;
    if (before) addUsed(before);
    addUsed(change.object);
  });
}

/** The VMImages that a disk's claim stands on, also as it goes. */
function imagesBelow({ caches }: Context, claim: KubeObject) {
  const vmImages = claimsBelow(claim).flatMap((name) => caches.vmImages.byIndex('image', name));
  return vmImages.filter((vmImage) => vmImage.metadata.namespace === claim.metadata.namespace);
}
