/** The disks that a migration copies, and what of them. */
import { formatBytes, parseBytes, type MigratingDisk } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { claimsBelow, STANDS_ON } from '../../../ownership.ts';
import { isHeld } from '../../../vm-snapshot/of-vm.ts';
import { diskClaim } from '../../disks/claims.ts';
import { basesOf } from '../../disks/disk-source.ts';
import { resolveDisks } from '../../disks/disks.ts';
import type { ResolvedDisk } from '../../disks/resolved-disk.ts';
import type { Observed } from '../../observed.ts';

type Claims = Observed['claims'];

/** Those that the nodes do not share, with the claims that they are to be in. Throws DiskProblem. */
export function migratingDisks(observed: Observed, epoch: number): MigratingDisk[] {
  const { vm, claims } = observed;
  return resolveDisks(observed)
    .filter((disk) => !isShared(disk, claims))
    .map((disk) => ({
      ...{ name: disk.name, from: disk.claimName, to: `${vm.metadata.name}-${disk.name}.${epoch}` },
      ...(takesLayers(observed, disk) && { layers: true }),
    }));
}

/** All nodes can mount the disk, and what it stands on. */
export function isShared(disk: ResolvedDisk, claims: Claims): boolean {
  return isMountable(claims.get(disk.claimName)) && areBasesShared(disk, claims);
}

/** What the disk stands on in other volumes can be mounted at the target, too. */
export function areBasesShared(disk: ResolvedDisk, claims: Claims): boolean {
  return basesBelow(disk, claims).every((name) => isMountable(claims.get(name), 'ReadOnlyMany'));
}

export function basesBelow(disk: ResolvedDisk, claims: Claims): string[] {
  return [...new Set([...basesOf([disk]), ...claimsBelow(claims.get(disk.claimName))])];
}

type AccessMode = 'ReadWriteMany' | 'ReadOnlyMany';

function isMountable(claim: PersistentVolumeClaim | undefined, ...modes: AccessMode[]): boolean {
  const all: readonly string[] = ['ReadWriteMany', ...modes];
  return claim?.spec?.accessModes?.some((mode) => all.includes(mode)) ?? false;
}

/** One that keeps what it stands on, be it in its own volume or another; any other comes to stand alone. */
function takesLayers({ claims, snapshots }: Observed, disk: ResolvedDisk): boolean {
  if (disk.volumeMode === 'Block' || disk.device !== 'disk') return false;
  const isLinked = basesBelow(disk, claims).length > 0;
  return isLinked ? areBasesShared(disk, claims) : snapshots.some(isHeld);
}

/** The claim that is to take the place of the disk's own. */
export function newDiskClaim({ vm, claims }: Observed, disk: ResolvedDisk, moving: MigratingDisk) {
  const before = claims.get(moving.from);
  const claim = diskClaim(vm, { ...disk, size: largest(disk.size, before) });
  const below = moving.layers ? claimsBelow(before) : [];
  const annotations = {
    ...claim.metadata.annotations,
    ...(below.length > 0 && { [STANDS_ON]: below.join() }),
  };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}

/** Layers may have needed more room than the disk has. */
function largest(size: string, claim: PersistentVolumeClaim | undefined): string {
  const asked = claim?.spec?.resources?.requests?.['storage'] ?? '0';
  return formatBytes(Math.max(parseBytes(size), parseBytes(asked)));
}
