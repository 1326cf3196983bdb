/** The disks of a VM that stand on volumes which are not their own. Pure. */
import { MachinePaths, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { basesOfSource } from '../clone/disks.ts';
import type { ResolvedDisk } from '../../virtual-machine/disks/resolved-disk.ts';

export interface LinkedDisk {
  readonly source: ResolvedDisk;
  /** The claims that it stands on, the nearest first. */
  readonly bases: readonly string[];
}

/** Those of these names, or all. */
export function linkedDisks(
  disks: readonly ResolvedDisk[],
  claims: ReadonlyMap<string, PersistentVolumeClaim>,
  names?: readonly string[],
): LinkedDisk[] {
  return disks
    .filter(({ name, device }) => device === 'disk' && (names?.includes(name) ?? true))
    .map((source) => ({ source, bases: basesOfSource(source, claims) }))
    .filter(({ bases }) => bases.length > 0);
}

/** Whether its launcher has seen it stand on its own volume alone. It never stands on another again. */
export function isSeenFlat({ source: { name } }: LinkedDisk, { status }: VirtualMachine): boolean {
  const chain = status?.disks?.find((disk) => disk.name === name)?.chain ?? [];
  return chain.length > 0 && chain.every((file) => file.startsWith(`${MachinePaths.volumes}/${name}/`));
}
