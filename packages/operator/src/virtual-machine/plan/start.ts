import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { isBindingAwaited } from '../../volume-binding.ts';
import { asksForKvm } from '../acceleration/kvm.ts';
import type { Plan } from './actions.ts';
import { attachmentProblem } from './attach.ts';
import { formerPodProblem } from './former-pod-problem.ts';
import { baseProblem, claimState, diskClaim } from '../disks/claims.ts';
import { newClaim } from '../disks/new-claim.ts';
import { resolveFirmwareState } from '../disks/firmware-state.ts';
import { DiskProblem } from '../disks/disk-problem.ts';
import { resolveDisks } from '../disks/disks.ts';
import { grantedDisks } from '../disks/growth.ts';
import { resolveNetworks } from '../networks/networks.ts';
import { machineSpec } from '../pod/machine-spec.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';
import { virtualMachinePod } from '../pod/pod.ts';
import { placed } from '../pod/placement.ts';
import type { Power } from './power.ts';
import { featureProblem } from './feature-problem.ts';
import { kvmProblem } from './kvm-problem.ts';
import { networkProblem } from './network-problem.ts';
import { greenPower } from './green-power.ts';
import { coldPlacement } from './migration/asked.ts';
import { restartWait } from './restart.ts';
import { tell } from '../status/status.ts';
import { isMemoryDiscarded } from './suspended.ts';
import { imageProblem } from './image-problem.ts';
import { waitingForVolume } from './waiting.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';

type Told = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress' | 'diskProblem'>;

/** No pod stands: gets the disks ready, raises the epoch, and makes its pod. */
export function planStart(observed: Observed, power: Power, now: Date): Plan {
  const wait = restartWait(observed.vm, now);
  if (wait > 0) {
    const message = `The guest ended by itself; it is started again in ${Math.ceil(wait / 1000)} s at the latest`;
    const told = tell(
      observed,
      { phase: 'Pending', reason: 'BackOff', message, progress: 'progressing', power },
      now,
    );
    return { ...told, requeueAfter: wait };
  }
  const problem =
    formerPodProblem(observed) ??
    attachmentProblem(observed) ??
    imageProblem(observed) ??
    featureProblem(observed) ??
    networkProblem(observed) ??
    kvmProblem(observed);
  if (problem) return tell(observed, { ...problem, power }, now);
  try {
    return startWith(observed, resolveDisks(observed), power, now);
  } catch (error) {
    if (!(error instanceof DiskProblem)) throw error;
    return tell(observed, { ...stalledBy(error), power }, now);
  }
}

function startWith(observed: Observed, disks: readonly ResolvedDisk[], power: Power, now: Date): Plan {
  const { vm, claims } = observed;
  const firmware = resolveFirmwareState(observed, disks);
  const volumes = firmware ? [...disks, firmware] : disks;
  const states = volumes.map((disk) => ({
    disk,
    state: baseProblem(disk, claims) ?? claimState(vm, disk, claims.get(disk.claimName)),
  }));
  const blocked = states.find(({ state }) => state.type === 'blocked')?.state;
  if (blocked?.type === 'blocked') return tell(observed, { ...stalledBy(blocked), power }, now);
  const green = greenPower(observed, power, now);
  if (green.type === 'wait') {
    return { ...tell(observed, { ...green.told, power }, now), requeueAfter: green.requeueAfter };
  }
  const { carbonIntensity } = green;
  const created = states
    .filter(({ state }) => state.type === 'missing')
    .map(({ disk }) => ({ type: 'createClaim', claim: newClaim(observed, disk) }) as const);
  const epoch = nextEpoch(observed);
  const unbound = unboundClaim(observed, volumes);
  const creating = { reason: 'CreatingPod', message: 'The pod is being made' };
  const { reason, message } = unbound ? waitingForVolume(unbound) : creating;
  const told = tell(
    observed,
    { phase: 'Creating', reason, message, progress: 'progressing', power, epoch, carbonIntensity },
    now,
  );
  if (unbound) return { ...told, actions: created };
  const actions = [...created, createPod(observed, disks, epoch)];
  return { ...told, actions, events: [...(green.event ? [green.event] : []), ...told.events] };
}

/** The first of the VM's own claims, there or yet to be made, that has to be bound before its pod is made. */
function unboundClaim(
  { vm, claims, storageClasses }: Observed,
  disks: readonly ResolvedDisk[],
): PersistentVolumeClaim | undefined {
  return disks
    .filter(({ isOurs }) => isOurs)
    .map((disk) => claims.get(disk.claimName) ?? diskClaim(vm, disk))
    .find((claim) => isBindingAwaited(claim, storageClasses));
}

function createPod(observed: Observed, disks: readonly ResolvedDisk[], epoch: number) {
  const { vm, spec, config } = observed;
  const kvm = asksForKvm(observed);
  const context = { vm, spec, disks, networks: resolveNetworks(observed), epoch, kvm, config };
  const granted = { ...context, disks: grantedDisks(observed, disks) };
  const discardMemory = isMemoryDiscarded(observed);
  const machine = machineSpec({ ...granted, power: 'on', discardMemory, acceleration: config.acceleration });
  const pod = virtualMachinePod(context);
  const placement = coldPlacement(observed);
  return { type: 'createPod', pod: placement ? placed(pod, placement) : pod, machine } as const;
}

/**
 * An epoch is spent once its pod was seen, which `podName` records. One that was raised and has no pod yet is
 * used: its pod was never made, or is gone for good.
 */
function nextEpoch({ vm }: Observed): number {
  const epoch = vm.status?.epoch ?? 0;
  const isSpent = epoch === 0 || vm.status?.podName !== undefined || vm.status?.phase !== 'Creating';
  return isSpent ? Math.max(epoch, vm.status?.lastEpoch ?? 0) + 1 : epoch;
}

function stalledBy({ reason, message }: { reason: string; message: string }): Told {
  return { phase: 'Pending', reason, message, progress: 'stalled', diskProblem: { reason, message } };
}
