import { MachinePaths } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { basesOf } from '../disks/disk-source.ts';
import { firmwareClaimName } from '../disks/firmware-state.ts';
import { masqueraded } from '../networks/networks.ts';
import { diskDirectory, goldenDirectory } from './machine-spec.ts';
import { machineSecretName } from './machine-secret.ts';
import type { PodContext } from './pod-context.ts';

type PodSpec = NonNullable<Pod['spec']>;
type Volume = NonNullable<PodSpec['volumes']>[number];
type Container = PodSpec['containers'][number];
type Mount = NonNullable<Container['volumeMounts']>[number];
type Device = NonNullable<Container['volumeDevices']>[number];

/** Keys of the machine Secret, or of a user's cloud-init Secret, by the file that the launcher reads. */
const CLOUD_INIT_FILES = { 'user-data': 'userData', 'network-data': 'networkData' } as const;
/** Always of the machine Secret. */
const SSH_KEYS_FILE = { path: 'ssh-keys', key: 'sshKeys' } as const;

export function podVolumes({ vm, spec, disks, networks, epoch }: PodContext): Volume[] {
  const secretName = machineSecretName(vm, epoch);
  const firmware = firmwareClaimName(vm, spec);
  const items = ['machine.json', 'tls.crt', 'tls.key', 'ca.crt'].map((key) => ({ key, path: key }));
  return [
    { name: 'runtime', emptyDir: {} },
    // In memory, because a node may keep its pods on a file system that opens no devices.
    ...(masqueraded(networks).length > 0 ? [{ name: tunMount.name, emptyDir: { medium: 'Memory' } }] : []),
    { name: 'machine', secret: { secretName, items, defaultMode: 0o440 } },
    ...(spec.cloudInit ? [cloudInitVolume(secretName, spec.cloudInit.secretRef?.name)] : []),
    ...disks.map((disk) => claimVolume(`disk-${disk.name}`, disk.claimName, false)),
    ...(firmware === undefined ? [] : [claimVolume(FIRMWARE_STATE, firmware, false)]),
    ...basesOf(disks).map((claim) => claimVolume(baseVolume(claim), claim, true)),
  ];
}

/** Name of the volume in the pods of a VM whose firmware keeps something. */
const FIRMWARE_STATE = 'firmware-state';

/** The claim that this pod's machine keeps its firmware's state in. */
export function firmwareClaimOf({ spec }: Pod): string | undefined {
  return spec?.volumes?.find(({ name }) => name === FIRMWARE_STATE)?.persistentVolumeClaim?.claimName;
}

/** Optional, because any of the files may be left out. */
function cloudInitVolume(machineSecret: string, userSecret = machineSecret): Volume {
  const data = Object.entries(CLOUD_INIT_FILES).map(([path, key]) => ({
    name: userSecret,
    item: { key, path },
  }));
  // A projected volume lets single keys be missing where a secret volume with items would not.
  const sources = [...data, { name: machineSecret, item: SSH_KEYS_FILE }].map(({ name, item }) => ({
    secret: { name, items: [item], optional: true },
  }));
  return { name: 'cloud-init', projected: { sources, defaultMode: 0o440 } };
}

export function claimVolume(name: string, claimName: string, readOnly: boolean): Volume {
  return { name, persistentVolumeClaim: { claimName, ...(readOnly && { readOnly }) } };
}

export function launcherMounts(context: PodContext): Mount[] {
  return [
    { name: 'machine', mountPath: MachinePaths.config, readOnly: true },
    ...(context.spec.cloudInit
      ? [{ name: 'cloud-init', mountPath: MachinePaths.cloudInit, readOnly: true }]
      : []),
    ...sharedMounts(context),
  ];
}

/** Holds /dev/net/tun, by which QEMU opens the tap that the network container made. */
export const tunMount: Mount = { name: 'tun', mountPath: '/dev/net' };

export function qemuMounts(context: PodContext): Mount[] {
  const tun = masqueraded(context.networks).length > 0 ? [{ ...tunMount, readOnly: true }] : [];
  return [...sharedMounts(context), ...tun];
}

export const runtimeMount: Mount = { name: 'runtime', mountPath: MachinePaths.runtime };

/** What launcher and QEMU both see, at the same paths. */
function sharedMounts({ vm, spec, disks }: PodContext): Mount[] {
  const keeps = firmwareClaimName(vm, spec) !== undefined;
  return [
    runtimeMount,
    ...(keeps ? [{ name: FIRMWARE_STATE, mountPath: MachinePaths.firmwareState }] : []),
    ...disks
      .filter(({ volumeMode }) => volumeMode === 'Filesystem')
      .map((disk) => ({ name: `disk-${disk.name}`, mountPath: diskDirectory(disk) })),
    ...basesOf(disks).map((claim) => ({
      name: baseVolume(claim),
      mountPath: goldenDirectory(claim),
      readOnly: true,
    })),
  ];
}

export function sharedDevices({ disks }: PodContext): Device[] {
  return disks
    .filter(({ volumeMode }) => volumeMode === 'Block')
    .map((disk) => ({ name: `disk-${disk.name}`, devicePath: diskDirectory(disk) }));
}

/** Volume names are labels of at most 63 characters; claim names may be longer and hold dots. */
export function baseVolume(claim: string): string {
  return `image-${claim.replaceAll('.', '-')}`.slice(0, 63).replace(/-+$/, '');
}
