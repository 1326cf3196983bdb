/** What to do about one operation clone. Pure. */
import type { CloneSpec, VirtualMachine, VMOperation } from '@hypersdk/api';
import { isActive } from '../order.ts';
import { planOperation, type OperationPlan } from '../plan.ts';
import type { ClonePlan } from './actions.ts';
import { claimsStep } from './claims-step.ts';
import type { ClonedDisk } from './disks.ts';
import { cloneKind, isMadeBy } from './kind.ts';
import { failed, isFrozen, isHeld, waiting, type Making } from './making.ts';
import { cloneObstacle, disksOf } from './obstacle.ts';
import type { ObservedClone } from './observed.ts';
import { allEnded, isPast } from './steps.ts';
import { targetVm } from './target.ts';
import { abandon, lossOf, undo } from './undo.ts';
import { wayOfCopy } from './volume-clone.ts';

export function planClone(observed: ObservedClone, now: Date): ClonePlan {
  const { operation, target, vm } = observed;
  const { cloneSpec } = operation.spec;
  if (!cloneSpec) throw new Error(`operation ${operation.metadata.name} has no cloneSpec`);
  if (!isActive(operation)) return planOver(observed, planOperation(observed, now));
  const isBegun = operation.status?.phase === 'Running';
  const kind = cloneKind(target, isBegun ? undefined : cloneObstacle(observed, cloneSpec));
  const base = planOperation(observed, now, kind);
  const disks = disksOf(observed, cloneSpec);
  if (!isBegun) return { ...withModes(base, disks, observed), actions: [] };
  if (base.status.phase === 'Succeeded') return succeeded(base, cloneSpec, now);
  if (base.status.phase !== 'Running' || !vm) return undo(observed, base);
  return make({ observed, cloneSpec, disks, vm, status: base.status, now }, base);
}

/** A finished copier is evidence of a failure, and litter after a success. */
function planOver({ operation, copier, server }: ObservedClone, base: OperationPlan): ClonePlan {
  const pods = operation.status?.phase === 'Succeeded' ? [copier, server] : [];
  const litter = pods.filter((pod) => pod !== undefined && !pod.metadata.deletionTimestamp);
  return { ...base, actions: litter.flatMap((pod) => (pod ? [{ type: 'deleteWorker', pod }] : [])) };
}

/** Which mode each disk is cloned in, and why, is said before anything is done. */
function withModes(
  base: OperationPlan,
  disks: readonly ClonedDisk[],
  observed: ObservedClone,
): OperationPlan {
  if (base.status.phase === 'Pending' || disks.length === 0) return base;
  const preflight = disks.map((disk) => ({
    check: `mode of disk ${disk.source.name}`,
    ok: true,
    reason: `${disk.mode}: ${disk.reason}${wayOfCopy(disk, observed)}`,
  }));
  return { ...base, status: { ...base.status, preflight } };
}

function succeeded(base: OperationPlan, { targetName }: CloneSpec, now: Date): ClonePlan {
  const status = { ...allEnded(base.status, now), result: targetName };
  return { ...base, status: { ...status, message: `VirtualMachine ${targetName} is made` }, actions: [] };
}

function make(making: Making, { requeueAfter }: OperationPlan): ClonePlan {
  const { observed, cloneSpec } = making;
  const next = nextStep(making);
  return {
    ...next,
    requeueAfter: Math.min(requeueAfter ?? Infinity, next.requeueAfter ?? Infinity),
    ...(observed.target && !isMadeBy(observed.target, observed.operation) && nameLost(making, cloneSpec)),
  };
}

/** Somebody made a VM of the name between the check and our own attempt. */
function nameLost({ status, now }: Making, { targetName }: CloneSpec): Partial<ClonePlan> {
  const message = `VirtualMachine ${targetName} exists already: choose another cloneSpec.targetName`;
  return { status: failed(status, message, now), actions: [] };
}

function nextStep(making: Making): ClonePlan {
  const { observed, cloneSpec, disks, vm, status } = making;
  const { operation, target, spec } = observed;
  if (!target && isPast(status, 'create')) return abandon(making, lossOf(making));
  if (!target) {
    if (!spec) return waiting(making, 'create', 'Waiting for the source', []);
    const created = targetVm({ operation, cloneSpec, vm, spec, disks });
    return waiting(making, 'create', `Making VirtualMachine ${cloneSpec.targetName}`, [
      { type: 'createTarget', target: created },
    ]);
  }
  if (!cloneSpec.snapshotRef && !isHeld(vm, operation) && !isFrozen(vm, operation)) {
    return waiting(making, 'hold', 'Waiting until the disks of the source are free, or frozen', []);
  }
  return toldOfFreeze(claimsStep(making, target), vm, operation);
}

/** How the guest was at the instant that is cloned. */
function toldOfFreeze(plan: ClonePlan, { status }: VirtualMachine, { metadata }: VMOperation): ClonePlan {
  const freeze = status?.lastFreeze;
  if (!freeze || freeze.operation !== metadata.uid) return plan;
  return { ...plan, status: { ...plan.status, quiesced: freeze.quiesced } };
}
