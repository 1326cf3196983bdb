/** The claim that a disk is made in. */
import { parseBytes, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { clonedVolume, clonesVolumes } from '../../volume-clone.ts';
import type { Observed } from '../observed.ts';
import { diskClaim } from './claims.ts';
import type { ResolvedDisk } from './resolved-disk.ts';

type Context = Pick<Observed, 'goldenClaims' | 'storageClasses'> & { readonly vm: VirtualMachine };

/**
 * A class that clones volumes makes it of the image's; the launcher looks what came, and copies where that is not the image.
 * A volume that would have to be larger for that than the disk asks for is not worth it.
 */
export function newClaim(context: Context, disk: ResolvedDisk): PersistentVolumeClaim {
  const claim = diskClaim(context.vm, disk);
  const golden = clonedFrom(context, disk);
  return golden ? clonedVolume(claim, golden) : claim;
}

function clonedFrom(
  { goldenClaims, storageClasses }: Context,
  { source, volumeMode, storageClass, size }: ResolvedDisk,
): PersistentVolumeClaim | undefined {
  if (source.type !== 'golden' || source.clone !== 'full' || volumeMode === 'Block') return undefined;
  const golden = goldenClaims.get(source.claim);
  const className = golden?.spec?.storageClassName;
  const capacity = golden?.status?.capacity?.['storage'];
  if (capacity === undefined || parseBytes(capacity) > parseBytes(size)) return undefined;
  const isSameClass = storageClass === className && className !== undefined;
  return isSameClass && clonesVolumes(storageClasses, className) ? golden : undefined;
}
