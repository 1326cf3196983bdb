/** Spec's disks with every default resolved: which claim, how big, and what it holds at first. */
import { deletePolicyOf, formatBytes, isEmptyDrive, parseBytes, rootDiskOf, type Disk } from '@hypersdk/api';
import type { ImageInNamespace } from '../../image/image-in-namespace.ts';
import { bootIndexOf } from './boot-index.ts';
import { diskClaimName, ownClaimName } from './claim-name.ts';
import { hasContent } from './claims.ts';
import { sizeFromImage } from './disk-image.ts';
import { DiskProblem } from './disk-problem.ts';
import { goldenSource, ownSource } from './disk-source.ts';
import { DEFAULT_ROOT } from './root-image.ts';
import type { ResolvedDisk, DiskContext } from './resolved-disk.ts';

/** Throws DiskProblem. */
export function resolveDisks(context: DiskContext): ResolvedDisk[] {
  const disks = wantedDisks(context);
  const root = context.vm.spec.image && rootDiskOf(disks);
  if (root?.source) {
    throw new DiskProblem(
      'ImageUnused',
      `spec.image goes to disk ${root.name}, which boots first and has a source of its own`,
    );
  }
  return disks.filter(hasClaim).map((disk) => {
    const resolved = resolveDisk(
      disk,
      { isRoot: disk === root, bootIndex: bootIndexOf(disk, disks) },
      context,
    );
    refuseSmaller(resolved, disk === root ? imageSize(context.image) : ownImageSize(disk, context), context);
    return resolved;
  });
}

const hasClaim = (disk: Disk): boolean => !isEmptyDrive(disk);

/** None while spec asks for what cannot be. */
export function knownDisks(context: DiskContext): ResolvedDisk[] {
  const disks = disksOrProblem(context);
  return 'problem' in disks ? [] : disks;
}

/** Or why they are not to be had. */
export function disksOrProblem(context: DiskContext): ResolvedDisk[] | { readonly problem: string } {
  try {
    return resolveDisks(context);
  } catch (error) {
    if (error instanceof DiskProblem) return { problem: error.message };
    throw error;
  }
}

/** A VM with an image and no disks has one, as big as the template recommends, or as the image is. */
function wantedDisks({ spec, vm, template, image, claims }: DiskContext): readonly Disk[] {
  if (spec.disks.length > 0) return spec.disks;
  if (!vm.spec.image)
    throw new DiskProblem('NoDisks', 'spec.disks and spec.image are both empty: nothing to boot from');
  const recommended = template?.spec.recommendedResources?.minDiskSize;
  const size = Math.max(parseBytes(recommended ?? '0'), imageSize(image));
  // A template that changes is for disks to come.
  const asked = claims.get(ownClaimName(vm, DEFAULT_ROOT))?.spec?.resources?.requests?.['storage'];
  return [
    {
      name: DEFAULT_ROOT,
      size: asked ?? (size > 0 ? formatBytes(size) : undefined),
      type: 'disk',
      accessMode: 'ReadWriteOnce',
      volumeMode: 'Filesystem',
      cloneMode: 'auto',
    },
  ];
}

/** Where spec.image goes, and when its firmware tries it. */
interface Place {
  readonly isRoot: boolean;
  readonly bootIndex: number | undefined;
}

function resolveDisk(disk: Disk, { isRoot, bootIndex }: Place, context: DiskContext): ResolvedDisk {
  const given = disk.source?.pvc;
  refuseElsewhere(disk, context);
  const claimName = diskClaimName(context.vm, disk);
  return {
    name: disk.name,
    claimName,
    isOurs: !given,
    keep: deletePolicyOf(disk) === 'Keep',
    size: diskSize(disk, claimName, context),
    storageClass: disk.storageClass,
    accessMode: disk.accessMode,
    // A volume that was given is what it is, whatever the default says.
    volumeMode: volumeModeOf((given && context.claims.get(given.name)) ?? { spec: disk }),
    device: disk.type,
    bus: disk.bus,
    bootIndex,
    source: isRoot ? goldenSource(disk, claimName, context) : ownSource(disk, claimName, context),
  };
}

function volumeModeOf({
  spec,
}: {
  readonly spec?: { readonly volumeMode?: string | undefined };
}): Disk['volumeMode'] {
  return spec?.volumeMode === 'Block' ? 'Block' : 'Filesystem';
}

/** A pod mounts claims of its own namespace only; one of the same name there would be another. */
function refuseElsewhere({ name, source }: Disk, { vm: { metadata } }: DiskContext): void {
  const namespace = source?.pvc?.namespace ?? metadata.namespace;
  if (!source?.pvc || namespace === metadata.namespace) return;
  const message = `disk ${name}: claim ${source.pvc.name} is in namespace ${namespace ?? ''}, and a VM's disks are of its own`;
  throw new DiskProblem('ClaimInOtherNamespace', message);
}

function diskSize(disk: Disk, claimName: string, context: DiskContext): string {
  if (disk.size) return disk.size;
  const size = sizeFromImage(context, disk.name, claimName);
  if (size !== undefined && !disk.source?.pvc) return size;
  // A given disk's or a medium's size is what it is; the launcher reads it from the disk itself.
  if (disk.source?.pvc || disk.type === 'cdrom') return '0';
  throw new DiskProblem('NoSize', `disk ${disk.name}: size is missing`);
}

/** Bytes that a guest sees, once the image is there. */
function imageSize(image: Pick<ImageInNamespace, 'state'> | undefined): number {
  return image?.state.type === 'ready' ? image.state.virtualSize : 0;
}

function ownImageSize({ name }: Disk, { diskImages }: DiskContext): number {
  const image = diskImages.get(name);
  if (image?.type === 'snapshot') return image.state === 'ready' ? parseBytes(image.size) : 0;
  return image?.type === 'wanted' ? imageSize(image) : 0;
}

/** A disk cannot be less than what it starts as; one that was made already was big enough. */
function refuseSmaller(disk: ResolvedDisk, needed: number, { vm }: DiskContext): void {
  if (parseBytes(disk.size) >= needed || hasContent(vm, disk)) return;
  const message = `disk ${disk.name} has ${disk.size} and its image ${formatBytes(needed)}: set its size to ${formatBytes(needed)} or more`;
  throw new DiskProblem('ImageLargerThanDisk', message);
}
