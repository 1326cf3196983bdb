/** How each disk of a VM comes to its clone. Pure. */
import type { CloneSpec } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { claimsBelow } from '../../ownership.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';

export interface ClonedDisk {
  readonly source: ResolvedDisk;
  readonly claimName: string;
  readonly mode: 'linked' | 'full';
  /** Why this mode, for people. */
  readonly reason: string;
  /** Claims that the clone's disk will stand on, the source's own first. */
  readonly bases: readonly string[];
}

export interface CloneWish extends Pick<CloneSpec, 'targetName' | 'mode' | 'linkedClone'> {
  /** Into another namespace. */
  readonly isAcross?: boolean;
}

/** A cdrom is not cloned: both VMs read the one. */
export function clonedDisks(
  disks: readonly ResolvedDisk[],
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
  wish: CloneWish,
): ClonedDisk[] {
  return disks
    .filter(({ device }) => device === 'disk')
    .map((source) => {
      const { mode, reason } = modeOf(source, wish);
      const below = [source.claimName, ...basesOfSource(source, claims)];
      return {
        ...{ source, mode, reason },
        claimName: `${wish.targetName}-${source.name}`,
        bases: mode === 'linked' ? below : [],
      };
    });
}

/** What the source's disk stands on itself. */
export function basesOfSource(
  { source, claimName }: ResolvedDisk,
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
): readonly string[] {
  if (source.type === 'golden') return source.clone === 'linked' ? [source.claim] : [];
  return source.type === 'clone' ? source.bases : claimsBelow(claims.get(claimName));
}

type Mode = Pick<ClonedDisk, 'mode' | 'reason'>;

function modeOf(disk: ResolvedDisk, { mode, linkedClone, isAcross }: CloneWish): Mode {
  const wanted = mode ?? (linkedClone ? 'linked' : 'auto');
  if (wanted !== 'auto') return { mode: wanted, reason: 'asked for' };
  if (isAcross) return { mode: 'full', reason: 'no disk stands on a claim of another namespace' };
  if (disk.volumeMode === 'Block') return { mode: 'full', reason: 'a block volume takes no overlay' };
  if (disk.accessMode === 'ReadWriteMany') {
    return { mode: 'linked', reason: `claim ${disk.claimName} can be mounted beside the clone's anywhere` };
  }
  const reason = `claim ${disk.claimName} is ${disk.accessMode}, which would tie the clone to its node`;
  return { mode: 'full', reason };
}

/** Why the disks cannot be cloned as it is wished, or undefined when they can. */
export function diskObstacle(
  disks: readonly ClonedDisk[],
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
): string | undefined {
  if (disks.length === 0) return 'the VM has no disk to clone';
  return disks.map((disk) => obstacleOf(disk, claims)).find((obstacle) => obstacle !== undefined);
}

function obstacleOf(
  { source, mode }: ClonedDisk,
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
): string | undefined {
  const { name, claimName, volumeMode, accessMode } = source;
  if (!claims.has(claimName)) return `disk ${name} has not been made yet: start the VM once, then clone it`;
  if (mode === 'full') return undefined;
  if (volumeMode === 'Block') return `disk ${name} is a block volume, which takes no overlay: use mode full`;
  if (accessMode === 'ReadWriteOncePod') {
    return `disk ${name} is ReadWriteOncePod, so no clone can stand on it: use mode full`;
  }
  return undefined;
}
