/** The claim of what firmware keeps: UEFI's variables and the TPM's state belong to the VM as its disks do. */
import { keepsState, rootDiskOf, type EffectiveSpec, type VirtualMachine } from '@hypersdk/api';
import type { ResolvedDisk } from './resolved-disk.ts';

/** Kilobytes are kept; the rest is room for file systems of every kind. */
const SIZE = '64Mi';

/** VMs and disks have no dots in their names, so no disk's claim is ever called this. */
export function firmwareClaimName(vm: VirtualMachine, { firmware }: EffectiveSpec): string | undefined {
  if (!keepsState(firmware)) return undefined;
  return firmware.source?.pvc.name ?? `${vm.metadata.name}.firmware`;
}

/**
 * As a disk that the guest does not see. It lies where the root disk does, and stays when any disk stays: one that is
 * sealed to a TPM is worth nothing without it.
 */
export function resolveFirmwareState(
  { vm, spec }: { readonly vm: VirtualMachine; readonly spec: EffectiveSpec },
  disks: readonly ResolvedDisk[],
): ResolvedDisk | undefined {
  const claimName = firmwareClaimName(vm, spec);
  if (claimName === undefined) return undefined;
  const isOurs = spec.firmware?.source === undefined;
  const root = disks.find(({ name }) => name === rootDiskOf(spec.disks)?.name) ?? disks[0];
  return {
    ...{ name: 'firmware', claimName, isOurs, size: SIZE, device: 'disk', bootIndex: undefined },
    keep: !isOurs || disks.some(({ keep }) => keep),
    storageClass: root?.storageClass,
    // A class whose devices many nodes share seldom shares file systems, too.
    accessMode: root?.volumeMode === 'Filesystem' ? root.accessMode : 'ReadWriteOnce',
    volumeMode: 'Filesystem',
    source: { type: 'blank' },
  };
}
