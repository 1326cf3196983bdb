/** What the firmware of a source keeps, for a clone that is to be the same machine. Pure. */
import type { CloneSpec } from '@hypersdk/api';
import { resolveFirmwareState } from '../../virtual-machine/disks/firmware-state.ts';
import type { ClonedDisk } from './disks.ts';
import type { ObservedClone } from './observed.ts';

type Context = Pick<ObservedClone, 'vm' | 'spec' | 'disks' | 'claims'>;

export const firmwareClaim = (targetName: string): string => `${targetName}.firmware`;

/** As a disk that is copied in full. Undefined where the clone begins anew, or where there is nothing yet. */
export function clonedFirmware(
  { vm, spec, disks, claims }: Context,
  { identity, targetName }: CloneSpec,
): ClonedDisk | undefined {
  if (identity === 'new' || !vm || !spec || 'problem' in disks) return undefined;
  const source = resolveFirmwareState({ vm, spec }, disks);
  if (!source || !claims.has(source.claimName)) return undefined;
  const reason = 'the clone keeps the identity of its source';
  return { source, claimName: firmwareClaim(targetName), mode: 'full', reason, bases: [] };
}
