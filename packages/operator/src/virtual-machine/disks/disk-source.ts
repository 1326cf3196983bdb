/** What a disk holds at first, and the claims that it stands on for it. */
import type { Disk } from '@hypersdk/api';
import type { StorageClass } from '@hypersdk/kube';
import { claimsBelow } from '../../ownership.ts';
import { defaultAccessMode } from '../../storage-profiles.ts';
import { hasContent } from './claims.ts';
import { standsOn } from './disk-image.ts';
import { DiskProblem } from './disk-problem.ts';
import type { DiskSnapshot } from './disk-snapshot.ts';
import type { DiskSource, DiskContext, ResolvedDisk } from './resolved-disk.ts';

/** Of a disk that says itself what it holds. Throws DiskProblem. */
export function ownSource(disk: Disk, claimName: string, context: DiskContext): DiskSource {
  const { source } = disk;
  if (!source || source.blank) return { type: 'blank' };
  if (source.pvc) return existing(context, claimName);
  if (source.clone) return { type: 'clone', bases: basesBelow(context, claimName) };
  const image = context.diskImages.get(disk.name);
  if (image?.type !== 'snapshot') return imageSource(disk, claimName, context);
  return hasContent(context.vm, { name: disk.name, claimName })
    ? existing(context, claimName)
    : snapshotSource(disk, image);
}

function snapshotSource({ name, cloneMode }: Disk, snapshot: DiskSnapshot): DiskSource {
  if (snapshot.state === 'problem')
    throw new DiskProblem(snapshot.reason, `disk ${name}: ${snapshot.message}`);
  if (cloneMode === 'linked') {
    const message = `disk ${name}: a disk is copied from a snapshot, never linked to it; leave cloneMode out, or clone the VM by an operation with cloneSpec.snapshotRef`;
    throw new DiskProblem('NotSupported', message);
  }
  const { claim, bases, file } = snapshot;
  return { type: 'snapshot', claim, bases, file };
}

/** A disk that is made stands on what its claim says, or on nothing. */
function imageSource(disk: Disk, claimName: string, context: DiskContext): DiskSource {
  if (hasContent(context.vm, { name: disk.name, claimName })) {
    const claim = standsOn(context, claimName);
    return claim === undefined ? existing(context, claimName) : { type: 'golden', claim, clone: 'linked' };
  }
  const image = context.diskImages.get(disk.name);
  if (image?.type !== 'wanted')
    throw new DiskProblem('VMImageNotFound', `disk ${disk.name}: no such VMImage`);
  const clone = cloneMode(disk, context.storageClasses, image.storageClass);
  return { type: 'golden', claim: image.name, clone };
}

/**
 * Of the disk that spec.image goes to. One that is made stays on its image, whatever its template has become; a copy needs
 * its image no more. Throws DiskProblem.
 */
export function goldenSource(disk: Disk, claimName: string, context: DiskContext): DiskSource {
  const { image, storageClasses, vm } = context;
  if (!image) throw new DiskProblem('ImageNotFound', 'spec.image names no image');
  if (standsOn(context, claimName) === image.name)
    return { type: 'golden', claim: image.name, clone: 'linked' };
  if (hasContent(vm, { name: disk.name, claimName })) return existing(context, claimName);
  return { type: 'golden', claim: image.name, clone: cloneMode(disk, storageClasses) };
}

const basesBelow = ({ claims }: DiskContext, claimName: string): string[] =>
  claimsBelow(claims.get(claimName));

/** One that was linked when it was made is nothing without what it stands on, whoever has it now. */
function existing(context: DiskContext, claimName: string): DiskSource {
  return { type: 'existing', bases: basesBelow(context, claimName) };
}

/** A golden volume that many nodes can mount takes overlays; any other is copied, so that pods stay free to move. */
function cloneMode(
  disk: Disk,
  storageClasses: readonly StorageClass[],
  goldenClass?: string,
): 'linked' | 'full' {
  const mode = disk.cloneMode;
  if (disk.volumeMode === 'Block') return 'full';
  if (mode !== 'auto') return mode;
  return defaultAccessMode(storageClasses, goldenClass) === 'ReadWriteMany' ? 'linked' : 'full';
}

/** The claims that a pod has to mount beside the disks' own, because disks stand on them. */
export function basesOf(disks: readonly ResolvedDisk[]): string[] {
  return [...new Set(disks.flatMap(({ source }) => claimsOfBase(source)))];
}

function claimsOfBase(source: DiskSource): readonly string[] {
  if (source.type === 'clone' || source.type === 'existing') return source.bases;
  if (source.type === 'snapshot') return [source.claim, ...source.bases];
  return source.type === 'golden' ? [source.claim] : [];
}
