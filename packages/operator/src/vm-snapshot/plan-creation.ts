/** From a wish to layers that hold the disks. Pure. */
import {
  Finalizers,
  type VirtualMachine,
  type VirtualMachineStatus,
  type VMSnapshot,
  type VMSnapshotStatus,
  wantsMemory,
} from '@hypersdk/api';
import { layerStatus } from '../virtual-machine/status/status.ts';
import type { SnapshotAction, SnapshotPlan } from './actions.ts';
import { keeperEnd, keeperOf, keeperPod } from './keeper-pod.ts';
import { madeStatus } from './made-status.ts';
import { snapshotObstacle, waitsFor } from './obstacle.ts';
import type { ObservedSnapshot } from './observed.ts';
import { ownerActions } from './owners.ts';
import { quotaOf } from './quota.ts';
import { snapshotStatus, type Told } from './status.ts';

/** Milliseconds after which a keeper that failed is tried again. */
const RETRY_MS = 15_000;

export function planPending(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { snapshot, vm } = observed;
  const obstacle = snapshotObstacle(observed);
  if (obstacle !== undefined) return failed(observed, 'SnapshotImpossible', obstacle, now);
  const quota = quotaOf(observed);
  const wait = waitsFor(observed) ?? (quota?.type === 'waits' ? quota.message : undefined);
  if (wait !== undefined || !vm) {
    const told = { phase: 'Pending', reason: 'Waiting', message: wait ?? '' } as const;
    return { status: snapshotStatus(snapshot, told, now), actions: [] };
  }
  if (quota) return failed(observed, 'QuotaExceeded', quota.message, now);
  const message = `A snapshot of VirtualMachine ${vm.metadata.name} is being taken`;
  const event = { type: 'Normal', reason: 'SnapshotCreating', message } as const;
  return { ...creating(observed, vm, message, now), finalizer: 'add', event };
}

function creating(
  { snapshot }: ObservedSnapshot,
  vm: VirtualMachine,
  message: string,
  now: Date,
  actions: readonly SnapshotAction[] = [],
): SnapshotPlan {
  const isOff = vm.status?.phase === 'Stopped' || vm.status?.phase === 'Pending';
  const begun = snapshot.status?.fromEpoch;
  const fromEpoch = begun ?? (isOff ? undefined : vm.status?.epoch);
  const { cpus, memory } = vm.spec;
  const changes: Partial<VMSnapshotStatus> = {
    vmUid: vm.metadata.uid,
    ...(fromEpoch !== undefined && { fromEpoch }),
    vmState: snapshot.status?.vmState ?? {
      ...(cpus !== undefined && { cpus }),
      ...(memory !== undefined && { memory }),
      running: !isOff,
    },
  };
  const told: Told = { phase: 'Creating', reason: 'Creating', message };
  return { status: snapshotStatus(snapshot, told, now, changes), actions };
}

/** What it needs is kept first; then the disks are frozen, by the launcher under a guest, else by a keeper. */
export function planCreating(observed: ObservedSnapshot, now: Date): SnapshotPlan {
  const { snapshot, vm, disks, claims, linkedClones, place, config } = observed;
  if (!vm || vm.metadata.uid !== snapshot.status?.vmUid) {
    return failed(observed, 'VirtualMachineDeleted', 'The VirtualMachine was deleted meanwhile', now);
  }
  if (!snapshot.metadata.finalizers?.includes(Finalizers.vmSnapshot)) {
    return { ...creating(observed, vm, 'It is being held', now), finalizer: 'add' };
  }
  if ('problem' in disks) return failed(observed, 'SnapshotImpossible', disks.problem, now);
  const kept = ownerActions(
    observed,
    disks.map(({ claimName }) => claimName),
  );
  if (kept.length > 0) return creating(observed, vm, 'The claims of the disks are being kept', now, kept);
  const keeper = keeperOf(observed, 'freeze');
  if (keeper) return ofKeeper(observed, vm, keeper, now);
  if (snapshot.status?.fromEpoch !== undefined) return ofLauncher(observed, vm, now);
  if (vm.status?.disksHeldFor !== snapshot.metadata.uid) {
    return creating(observed, vm, 'Waiting until the disks are free', now);
  }
  const work = { type: 'freeze', id: (snapshot.metadata.uid ?? '').slice(0, 8) } as const;
  const pod = keeperPod({ owner: snapshot, disks, claims, work, linkedClones, place, config });
  return creating(observed, vm, 'The disks are being frozen', now, [{ type: 'createWorker', pod }]);
}

function ofLauncher(observed: ObservedSnapshot, vm: VirtualMachine, now: Date): SnapshotPlan {
  const { snapshot, disks } = observed;
  const freeze = vm.status?.lastFreeze;
  if (freeze && freeze.operation === snapshot.metadata.uid) {
    const { quiesced, pauseMilliseconds, time, disks: layers = [] } = freeze;
    const missing = ('problem' in disks ? [] : disks).find(
      ({ name }) => !layers.some((layer) => layer.name === name),
    );
    if (missing && layers.length > 0) {
      const message = `disk ${missing.name} is not in a volume of the guest's pod yet: restart the VM, then take another`;
      return failed(observed, 'DiskNotFrozen', message, now);
    }
    const problem = memoryProblem(snapshot, freeze);
    if (problem) return failed(observed, problem.reason, problem.message, now);
    const { memory } = freeze;
    return made(observed, { layers, quiesced, pauseMilliseconds, time, memory }, now);
  }
  if (hasEnded(vm, snapshot)) {
    return failed(observed, 'GuestEnded', 'The guest ended before its disks were frozen: take another', now);
  }
  const trouble = vm.status?.freezeProblem;
  if (trouble && trouble.operation === snapshot.metadata.uid) {
    const { permanent, reason, message } = trouble;
    return permanent ? failed(observed, reason, message, now) : creating(observed, vm, message, now);
  }
  return creating(observed, vm, 'The launcher freezes the disks of the running guest', now);
}

/** The guest whose disks were to be frozen. One that is to be started again waits for whom its disks are held for: for us. */
function hasEnded({ status }: VirtualMachine, { metadata, status: ours }: VMSnapshot): boolean {
  const isOff = status?.phase === 'Stopped' || status?.disksHeldFor === metadata.uid;
  return isOff || status?.epoch !== ours?.fromEpoch;
}

function memoryProblem(
  { spec }: ObservedSnapshot['snapshot'],
  { memory, memoryProblem: problem }: NonNullable<VirtualMachineStatus['lastFreeze']>,
): { readonly reason: string; readonly message: string } | undefined {
  if (!wantsMemory(spec) || memory) return undefined;
  const message =
    "the guest's launcher is of a version that saves no memory: restart the VM, then take another";
  return problem ?? { reason: 'MemoryNotSaved', message };
}

type Keeper = ObservedSnapshot['keepers'][number];

function ofKeeper(observed: ObservedSnapshot, vm: VirtualMachine, pod: Keeper, now: Date): SnapshotPlan {
  const end = keeperEnd(pod);
  switch (end.type) {
    case 'running':
      return creating(observed, vm, 'The disks are being frozen', now);
    case 'succeeded': {
      const layers = (end.result.frozen ?? []).map(layerStatus);
      const quiesced = { value: false, reason: 'the guest was off' };
      const plan = made(observed, { layers, quiesced, pauseMilliseconds: 0, time: undefined }, now);
      return { ...plan, actions: [{ type: 'deleteWorker', pod }] };
    }
    case 'failed': {
      if (end.permanent) return failed(observed, end.reason, end.message, now);
      const wait = Date.parse(end.time) + RETRY_MS - now.getTime();
      if (wait > 0) return { ...creating(observed, vm, end.message, now), requeueAfter: wait };
      return creating(observed, vm, end.message, now, [{ type: 'deleteWorker', pod }]);
    }
  }
}

function made(observed: ObservedSnapshot, found: Parameters<typeof madeStatus>[1], now: Date): SnapshotPlan {
  const { snapshot } = observed;
  const message = `Snapshot of VirtualMachine ${snapshot.spec.vmRef.name} is ready`;
  const told = { phase: 'Ready', reason: 'Ready', message } as const;
  return {
    status: snapshotStatus(snapshot, told, now, madeStatus(observed, found, now)),
    actions: [],
    event: { type: 'Normal', reason: 'SnapshotReady', message },
    counted: { action: 'create', outcome: 'succeeded' },
  };
}

function failed({ snapshot }: ObservedSnapshot, reason: string, message: string, now: Date): SnapshotPlan {
  const status = snapshotStatus(snapshot, { phase: 'Failed', reason, message }, now, {
    readyToRestore: false,
  });
  return {
    ...{ status, actions: [] },
    event: { type: 'Warning', reason: 'SnapshotFailed', message },
    counted: { action: 'create', outcome: 'failed' },
  };
}
