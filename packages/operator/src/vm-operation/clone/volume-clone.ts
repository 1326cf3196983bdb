/** A clone's volume that its StorageClass makes of the source's, by a claim's `dataSource`. Pure. */
import { clonesVolumes } from '../../volume-clone.ts';
import { isAcross } from './across.ts';
import { basesOfSource, type ClonedDisk } from './disks.ts';
import type { ObservedClone } from './observed.ts';

type Context = Pick<ObservedClone, 'operation' | 'claims' | 'storageClasses'>;

/** Of a guest that is off. The copier looks at the volume afterwards, and fills one that came empty. */
export function isClonedByClass(disk: ClonedDisk, context: Context): boolean {
  return disk.mode === 'full' && copyReason(disk, context) === undefined;
}

/** Why the copier has to copy the disk, or undefined where its StorageClass clones the volume. */
function copyReason(
  { source }: ClonedDisk,
  { operation, claims, storageClasses }: Context,
): string | undefined {
  if (isAcross(operation)) return 'a claim clones volumes of its own namespace only';
  const className = claims.get(source.claimName)?.spec?.storageClassName;
  if (source.volumeMode === 'Block') return 'nobody could tell whether a block volume was cloned';
  if (source.storageClass !== undefined && source.storageClass !== className) {
    return `claim ${source.claimName} is of another StorageClass`;
  }
  if (!clonesVolumes(storageClasses, className)) {
    return `StorageClass ${className ?? 'none'} does not say that it clones volumes`;
  }
  const [base] = basesOfSource(source, claims);
  return base === undefined ? undefined : `the disk stands on claim ${base}`;
}

/** How a full clone comes about, for people. */
export function wayOfCopy(disk: ClonedDisk, { vm, ...context }: Context & Pick<ObservedClone, 'vm'>): string {
  if (disk.mode !== 'full') return '';
  const why = vm?.status?.phase === 'Stopped' ? copyReason(disk, context) : 'the guest runs';
  return why === undefined ? '; its StorageClass clones the volume' : `; copied, since ${why}`;
}
