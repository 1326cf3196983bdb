/** The pod that takes a guest in, with the machine that it is to be. */
import {
  Labels,
  LAUNCHER_PORT,
  MIGRATION_PORT,
  MIRROR_PORT,
  parseBandwidth,
  parseBytes,
  type MachineDisk,
  type MachineSpec,
  type MigratingDisk,
  type VirtualMachineStatus,
  type VMOperation,
} from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { isBindingAwaited } from '../../../volume-binding.ts';
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
import { newDiskClaim } from './moved-disks.ts';

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

/** The claims that are missing, or the pod once they can be mounted. */
export function prepareTarget(moving: Moving, placement: Placement): Action[] {
  const { observed, migration } = moving;
  const claims = targetDisks(moving).flatMap((disk) => {
    const move = moveOf(migration, disk);
    return move ? [[observed.claims.get(disk.claimName), newDiskClaim(observed, disk, move)] as const] : [];
  });
  const missing = claims.flatMap(([there, claim]) => (there ? [] : claim));
  const isAwaited = (claim: PersistentVolumeClaim): boolean =>
    isBindingAwaited(claim, observed.storageClasses);
  const unbound = claims.some(([there, claim]) => isAwaited(there ?? claim));
  const created = missing.map((claim) => ({ type: 'createClaim', claim }) as const);
  if (unbound) return created;
  return [
    ...created,
    { type: 'createPod', pod: targetPod(moving, placement), machine: targetMachine(moving) },
  ];
}

const moveOf = ({ disks = [] }: Migration, disk: { readonly name: string }): MigratingDisk | undefined =>
  disks.find(({ name }) => name === disk.name);

/** As the guest's own, where they are copied to a new claim of its size. */
function targetDisks({ observed, migration }: Pick<Moving, 'observed' | 'migration'>): ResolvedDisk[] {
  return resolveDisks(observed).map((disk) => {
    const move = moveOf(migration, disk);
    if (!move) return disk;
    const source = move.layers ? disk.source : ({ type: 'blank' } as const);
    return { ...disk, claimName: move.to, isOurs: true, source };
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
  const host = pod.status?.podIP;
  const mirrored = disks.map(({ name }) => name);
  const machine = machineSpec({
    ...{ vm, spec, epoch, disks: targetDisks(moving), networks: resolveNetworks(observed, pod) },
    power: power.desired === 'Paused' ? 'paused' : 'on',
    acceleration: config.acceleration,
    incoming: {
      ...{ id, memoryPort: MIGRATION_PORT, diskPort: MIRROR_PORT, mirrored, streams },
      acceleration: vm.status?.acceleration ?? 'tcg',
      source: certificateName(pod),
      ...(host !== undefined && { sourceAddress: { host, port: LAUNCHER_PORT } }),
      ...(postCopy && { postCopy: true }),
      ...(takeOver && { takeOver }),
    },
  });
  const live = liveSize(observed.machine);
  return {
    ...machine,
    ...(live && { cpus: live.cpus, room: live.room }),
    disks: machine.disks.map((disk) => asSeen(disk, moving)),
  };
}

function asSeen(disk: MachineDisk, { observed, pod, migration, wishes }: Moving): MachineDisk {
  const move = moveOf(migration, disk);
  if (!move) return { ...disk, source: { type: 'existing' } };
  const seen = observed.vm.status?.disks?.find(({ name }) => name === disk.name)?.size;
  const size = seen === undefined ? disk.size : parseBytes(seen);
  if (!move.layers) return { ...disk, source: { type: 'blank' }, size };
  const launcher = { host: pod.status?.podIP ?? '', port: LAUNCHER_PORT, server: certificateName(pod) };
  const bandwidth = wishes?.bandwidth === undefined ? {} : { bandwidth: parseBandwidth(wishes.bandwidth) };
  return { ...disk, source: { type: 'moved', ...launcher, ...bandwidth }, size };
}
