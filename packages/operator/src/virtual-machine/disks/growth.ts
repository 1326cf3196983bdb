/**
 * Whether the claims of a VM's disks have room for what spec asks for. The guest is given a larger disk only when its
 * claim has grown, so that a growth that cannot be leaves everything as it was.
 */
import { formatBytes, parseBytes, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import { storageClass } from '../../storage-profiles.ts';
import type { Observed } from '../observed.ts';
import { knownDisks } from './disks.ts';
import type { ResolvedDisk } from './resolved-disk.ts';

export type Growth =
  /** The claim is as large as spec asks, or it is not known. */
  | { readonly type: 'none' }
  /** The claim is to be asked for more. */
  | { readonly type: 'wanted'; readonly claim: PersistentVolumeClaim; readonly size: string }
  /** It has been asked, and has not grown yet. */
  | { readonly type: 'awaited'; readonly message: string; readonly needsRestart: boolean }
  | { readonly type: 'refused'; readonly reason: string; readonly message: string };

export interface DiskGrowth {
  readonly disk: ResolvedDisk;
  readonly claim: PersistentVolumeClaim | undefined;
  readonly growth: Growth;
}

/** Of each disk that spec can be read for; none while spec asks for what cannot be. */
export function growths(observed: Observed): DiskGrowth[] {
  const { claims, storageClasses } = observed;
  return knownDisks(observed).map((disk) => {
    const claim = claims.get(disk.claimName);
    return { disk, claim, growth: growthOf(disk, claim, storageClasses) };
  });
}

/** The disks in the sizes that their claims have room for. */
export function grantedDisks({ vm, claims, storageClasses }: Observed, disks: readonly ResolvedDisk[]) {
  return disks.map((disk) => {
    const claim = claims.get(disk.claimName);
    if (!claim || growthOf(disk, claim, storageClasses).type === 'none') return disk;
    return { ...disk, size: sizeNow(vm, disk, claim) };
  });
}

/** Why a disk could not become so large. */
export function growthRefusal(
  disk: ResolvedDisk,
  claim: PersistentVolumeClaim | undefined,
  classes: readonly StorageClass[],
): string | undefined {
  const growth = growthOf(disk, claim, classes);
  return growth.type === 'refused' ? growth.message : undefined;
}

function growthOf(
  disk: ResolvedDisk,
  claim: PersistentVolumeClaim | undefined,
  classes: readonly StorageClass[],
): Growth {
  const size = sizeOf(claim);
  if (!claim || size === undefined || disk.device === 'cdrom' || parseBytes(disk.size) <= size) {
    return { type: 'none' };
  }
  if (!disk.isOurs)
    return refused('ClaimTooSmall', `${givenClaim(disk)} has ${formatBytes(size)}: ${ask(disk)}`);
  const failure = infeasible(claim);
  if (failure) return refused('ExpansionFailed', `disk ${disk.name}: ${failure}`);
  if (requestOf(claim) >= parseBytes(disk.size)) return awaited(disk, claim);
  // Kubernetes lets only a bound claim ask for more.
  if (claim.status?.phase !== 'Bound') return awaited(disk, claim);
  return obstacle(disk, claim, classes) ?? { type: 'wanted', claim, size: disk.size };
}

const givenClaim = ({ name, claimName }: ResolvedDisk): string =>
  `disk ${name}: claim ${claimName}, which the VM was given,`;
const ask = ({ size }: ResolvedDisk): string => `let it ask for ${size}, and the disk grows`;

function obstacle(
  { name, claimName, size }: ResolvedDisk,
  { spec }: PersistentVolumeClaim,
  classes: readonly StorageClass[],
): Growth | undefined {
  const found = storageClass(classes, spec?.storageClassName);
  if (found?.allowVolumeExpansion) return undefined;
  const named = `StorageClass ${found?.metadata.name ?? spec?.storageClassName ?? 'of that claim'}`;
  const cause = found ? 'does not allow volume expansion' : 'does not exist';
  const fix = 'copy its data to a new disk of a class that does, or let the class allow it';
  return refused(
    'ExpansionNotSupported',
    `disk ${name} cannot grow to ${size}: ${named} of claim ${claimName} ${cause}; ${fix}`,
  );
}

function awaited({ name, claimName, size }: ResolvedDisk, { status }: PersistentVolumeClaim): Growth {
  const needsRestart = hasCondition(status, 'FileSystemResizePending');
  const error = status?.conditions?.find(
    ({ type, status: holds }) => /Error$/.test(type) && holds === 'True',
  );
  const said = needsRestart
    ? `: its node has still to enlarge the file system in it; where it does not while the volume is in use, restart the VM`
    : error?.message
      ? `: ${error.message}`
      : '';
  return {
    type: 'awaited',
    needsRestart,
    message: `disk ${name} waits for claim ${claimName} to grow to ${size}${said}`,
  };
}

/** Kubernetes 1.32 and later says when a storage system has given up. */
function infeasible({ metadata, status }: PersistentVolumeClaim): string | undefined {
  const states = Object.values(status?.allocatedResourceStatuses ?? {});
  if (!states.some((state) => state.endsWith('Infeasible'))) return undefined;
  const said = status?.conditions?.find(({ type }) => type.endsWith('ResizeError'))?.message;
  return `claim ${metadata.name} cannot grow${said ? `: ${said}` : '; see its events'}`;
}

function hasCondition(status: PersistentVolumeClaim['status'], wanted: string): boolean {
  return status?.conditions?.some(({ type, status: holds }) => type === wanted && holds === 'True') ?? false;
}

function refused(reason: string, message: string): Growth {
  return { type: 'refused', reason, message };
}

/** Bytes; of a claim that is not bound yet, what it asks for. Undefined while neither is known. */
function sizeOf(claim: PersistentVolumeClaim | undefined): number | undefined {
  const size = claim?.status?.capacity?.['storage'] ?? claim?.spec?.resources?.requests?.['storage'];
  return size === undefined ? undefined : parseBytes(size);
}

function requestOf({ spec }: PersistentVolumeClaim): number {
  return parseBytes(spec?.resources?.requests?.['storage'] ?? '0');
}

/** What the disk has; a disk that was given and never seen is left as it is. */
function sizeNow(vm: VirtualMachine, disk: ResolvedDisk, claim: PersistentVolumeClaim): string {
  const known = vm.status?.disks?.find(({ name, progress }) => name === disk.name && progress === undefined);
  return known?.size ?? (disk.isOurs ? formatBytes(sizeOf(claim) ?? 0) : '0');
}
