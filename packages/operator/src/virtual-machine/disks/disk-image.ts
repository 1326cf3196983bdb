/** The images of disks that name one themselves: a VMImage, a VMSnapshot, or where it is to come from. */
import { formatBytes, type Disk, type VirtualMachine } from '@hypersdk/api';
import { STANDS_ON } from '../../ownership.ts';
import { imageIn, vmImageIn, type ImageInNamespace } from '../../image/image-in-namespace.ts';
import { diskWish, vmImageWish, type ImageWish } from '../../image/wish.ts';
import type { Caches } from '../../caches.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';
import { diskClaimName } from './claim-name.ts';
import { hasContent } from './claims.ts';
import { diskSnapshot, type DiskSnapshot } from './disk-snapshot.ts';
import type { DiskImage } from '../observed.ts';

export function diskImages(
  caches: Caches,
  vm: VirtualMachine,
  disks: readonly Disk[],
): Map<string, DiskImage> {
  const { namespace = '' } = vm.metadata;
  const images = disks.flatMap((disk): [string, DiskImage][] => {
    const image = diskSnapshot(caches, namespace, disk) ?? diskImage(caches, namespace, disk);
    return image ? [[disk.name, image]] : [];
  });
  return new Map(images);
}

function diskImage(caches: Caches, namespace: string, disk: Disk): DiskImage | undefined {
  const vmImage = disk.source?.image?.name;
  if (vmImage === undefined) {
    const wish = diskWish(disk);
    return wish && wanted(wish, imageIn(caches, namespace, wish), undefined);
  }
  const found = caches.vmImages.get(`${namespace}/${vmImage}`);
  const isDeleted = found?.metadata.deletionTimestamp !== undefined;
  if (!found || isDeleted) return { type: 'missing', vmImage, isDeleted };
  return wanted(vmImageWish(found), vmImageIn(caches, found), vmImage);
}

function wanted(wish: ImageWish, image: ImageInNamespace, vmImage: string | undefined): DiskImage {
  const { storageClass } = wish;
  return { type: 'wanted', ...image, vmImage, storageClass };
}

type Context = Pick<Observed, 'vm' | 'spec' | 'claims' | 'diskImages'>;
type Problem = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'>;

/** Why a disk cannot be made from its image yet, or stand on it. One that is made and stands alone needs no image more. */
export function diskImageProblem(context: Context): Problem | undefined {
  for (const [disk, image] of context.diskImages) {
    const problem = needsImage(context, disk, image) ? problemOf(disk, image) : undefined;
    if (problem) return { phase: 'Pending', ...problem };
  }
  return undefined;
}

function needsImage(context: Context, name: string, image: DiskImage): boolean {
  const { vm, spec } = context;
  const disk = spec.disks.find((candidate) => candidate.name === name);
  if (!disk) return false;
  const claimName = diskClaimName(vm, disk);
  if (!hasContent(context.vm, { name, claimName })) return true;
  return image.type === 'wanted' && standsOn(context, claimName) === image.name;
}

function problemOf(disk: string, image: DiskImage): Omit<Problem, 'phase'> | undefined {
  if (image.type === 'missing') return missing(disk, image);
  if (image.type === 'snapshot') return snapshotProblem(disk, image);
  const { vmImage, state } = image;
  if (state.type === 'ready') return undefined;
  const progress = state.type === 'failed' && state.isFinal ? 'stalled' : 'progressing';
  if (vmImage === undefined) {
    return { reason: state.reason, message: `disk ${disk}: ${state.message}`, progress };
  }
  const message = `disk ${disk}: VMImage ${vmImage} is not ready: ${state.message}`;
  return { reason: 'VMImageNotReady', message, progress };
}

function snapshotProblem(disk: string, snapshot: DiskSnapshot): Omit<Problem, 'phase'> | undefined {
  if (snapshot.state === 'ready') return undefined;
  const { reason, message, isFinal } = snapshot;
  return { reason, message: `disk ${disk}: ${message}`, progress: isFinal ? 'stalled' : 'progressing' };
}

function missing(
  disk: string,
  { vmImage, isDeleted }: { readonly vmImage: string; readonly isDeleted: boolean },
): Omit<Problem, 'phase'> {
  const message = isDeleted
    ? `disk ${disk}: VMImage ${vmImage} is being deleted: name another`
    : `disk ${disk}: VMImage ${vmImage} does not exist: create it, and the VM starts`;
  return { reason: 'VMImageNotFound', message, progress: 'stalled' };
}

/** The golden claim that a disk which is made stands on: what its own claim says, whatever its VMImage has become. */
export function standsOn({ claims }: Pick<Context, 'claims'>, claimName: string): string | undefined {
  return claims.get(claimName)?.metadata.annotations?.[STANDS_ON];
}

/** As large as its image. What its claim has asked for stays true when the image is gone. */
export function sizeFromImage(
  { claims, diskImages: images }: Context,
  disk: string,
  claimName: string,
): string | undefined {
  const asked = claims.get(claimName)?.spec?.resources?.requests?.['storage'];
  const image = images.get(disk);
  if (asked !== undefined) return asked;
  if (image?.type === 'snapshot') return image.state === 'ready' ? image.size : undefined;
  if (image?.type !== 'wanted') return undefined;
  return image.state.type === 'ready' ? formatBytes(image.state.virtualSize) : undefined;
}
