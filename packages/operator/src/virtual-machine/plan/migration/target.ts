/** The pod that takes a guest in, with the machine that it is to be. */
import {
  Labels,
  parseBytes,
  type MachineSpec,
  type MigratingDisk,
  type VirtualMachineStatus,
  type VMOperation,
} from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { isBindingAwaited } from '../../../volume-binding.ts';
import { claimsBelow } from '../../../ownership.ts';
import { MIGRATION_PORT, MIRROR_PORT } from '@hypersdk/api';
import { diskClaim } from '../../disks/claims.ts';
import { basesOf } from '../../disks/disk-source.ts';
import { resolveDisks } from '../../disks/disks.ts';
import { resolveNetworks } from '../../networks/networks.ts';
import type { Observed } from '../../observed.ts';
import { certificateName } from '../../pod/epoch.ts';
import { machineSpec } from '../../pod/machine-spec.ts';
import { placed, type Placement } from '../../pod/placement.ts';
import { virtualMachinePod } from '../../pod/pod.ts';
import { liveSize } from '../../size/size.ts';
import type { Action } from '../actions.ts';
import type { Power } from '../power.ts';
import type { ResolvedDisk } from '../../disks/resolved-disk.ts';

export interface Moving {
  readonly observed: Observed;
  /** The guest's pod. */
  readonly pod: Pod;
  readonly power: Power;
  readonly migration: Migration;
  /** What the operation wants of the way that memory takes. */
  readonly wishes?: VMOperation['spec']['migrateSpec'];
}

type Migration = Pick<NonNullable<VirtualMachineStatus['migration']>, 'operation' | 'epoch' | 'disks'>;

/** Those that the nodes do not share, with the claims that they are to be in. Throws DiskProblem. */
export function migratingDisks(observed: Observed, epoch: number): MigratingDisk[] {
  const { vm, claims } = observed;
  return resolveDisks(observed)
    .filter((disk) => !isShared(disk, claims))
    .map(({ name, claimName }) => ({ name, from: claimName, to: `${vm.metadata.name}-${name}.${epoch}` }));
}

/** All nodes can mount the disk, and what it stands on. */
export function isShared(disk: ResolvedDisk, claims: Observed['claims']): boolean {
  const all = [disk.claimName, ...basesOf([disk]), ...claimsBelow(claims.get(disk.claimName))];
  return all.every((name) => claims.get(name)?.spec?.accessModes?.includes('ReadWriteMany') ?? false);
}

/** The claims that are missing, or the pod once they can be mounted. */
export function prepareTarget(moving: Moving, placement: Placement): Action[] {
  const { observed, migration } = moving;
  const wanted = targetDisks(moving).filter(({ name }) =>
    migration.disks?.some((disk) => disk.name === name),
  );
  const claims = wanted.map((disk) => [disk, observed.claims.get(disk.claimName)] as const);
  const missing = claims.filter(([, claim]) => !claim).map(([disk]) => diskClaim(observed.vm, disk));
  const isAwaited = (claim: PersistentVolumeClaim): boolean =>
    isBindingAwaited(claim, observed.storageClasses);
  const unbound = [...missing, ...claims.flatMap(([, claim]) => claim ?? [])].some(isAwaited);
  const created = missing.map((claim) => ({ type: 'createClaim', claim }) as const);
  if (unbound) return created;
  return [
    ...created,
    { type: 'createPod', pod: targetPod(moving, placement), machine: targetMachine(moving) },
  ];
}

/** As the guest's own, where they are copied to a new claim of its size. */
function targetDisks({ observed, migration }: Pick<Moving, 'observed' | 'migration'>): ResolvedDisk[] {
  return resolveDisks(observed).map((disk) => {
    const moving = migration.disks?.find(({ name }) => name === disk.name);
    return moving ? { ...disk, claimName: moving.to, isOurs: true, source: { type: 'blank' } } : disk;
  });
}

function targetPod(moving: Moving, placement: Placement): Pod {
  const { observed, pod, migration } = moving;
  const { epoch } = migration;
  const { vm, spec, config } = observed;
  const disks = targetDisks(moving);
  const kvm = vm.status?.acceleration === 'kvm';
  const networks = resolveNetworks(observed, pod);
  const made = placed(virtualMachinePod({ vm, spec, disks, networks, epoch, kvm, config }), placement);
  const labels = { ...made.metadata.labels, [Labels.migration]: migration.operation };
  return { ...made, metadata: { ...made.metadata, labels } };
}

/** The same machine, with the processors and the room that the running one has, whose disks are as large as the guest sees them. */
export function targetMachine(moving: Moving, takeOver = false): MachineSpec {
  const { observed, pod, power, migration, wishes } = moving;
  const { parallel: streams = 1, postCopy } = wishes ?? {};
  const { vm, spec, config } = observed;
  const { operation: id, epoch, disks = [] } = migration;
  const mirrored = disks.map(({ name }) => name);
  const machine = machineSpec({
    ...{ vm, spec, epoch, disks: targetDisks(moving), networks: resolveNetworks(observed, pod) },
    power: power.desired === 'Paused' ? 'paused' : 'on',
    acceleration: config.acceleration,
    incoming: {
      ...{ id, memoryPort: MIGRATION_PORT, diskPort: MIRROR_PORT, mirrored, streams },
      acceleration: vm.status?.acceleration ?? 'tcg',
      source: certificateName(pod),
      ...(postCopy && { postCopy: true }),
      ...(takeOver && { takeOver }),
    },
  });
  const live = liveSize(observed.machine);
  return {
    ...machine,
    ...(live && { cpus: live.cpus, room: live.room }),
    disks: machine.disks.map((disk) => asSeen(disk, mirrored, vm.status?.disks ?? [])),
  };
}

function asSeen(
  disk: MachineSpec['disks'][number],
  mirrored: readonly string[],
  seen: readonly { name: string; size?: string | undefined }[],
): MachineSpec['disks'][number] {
  const size = seen.find(({ name }) => name === disk.name)?.size;
  if (!mirrored.includes(disk.name)) return { ...disk, source: { type: 'existing' } };
  return { ...disk, source: { type: 'blank' }, size: size === undefined ? disk.size : parseBytes(size) };
}
