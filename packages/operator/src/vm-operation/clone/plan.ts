/** What to do about one operation clone. Pure. */
import {
  layerId,
  type CloneSpec,
  type VirtualMachine,
  type VMOperation,
  type VMOperationStatus,
} from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import { isBindingAwaited } from '../../volume-binding.ts';
import { isActive } from '../order.ts';
import { planOperation, type OperationPlan } from '../plan.ts';
import type { CloneAction, ClonePlan } from './actions.ts';
import { cloneClaim, ownersWith } from './claims.ts';
import { copierEnd } from './copier-end.ts';
import { copierPod, copySpec } from './copier-pod.ts';
import { basesOfSource, type ClonedDisk } from './disks.ts';
import { cloneKind, isMadeBy } from './kind.ts';
import { cloneObstacle, disksOf } from './obstacle.ts';
import type { ObservedClone } from './observed.ts';
import { retry } from './retry.ts';
import { allEnded, atStep, isPast, type CloneStep } from './steps.ts';
import { targetVm } from './target.ts';
import { clonedVolume, isClonedByClass, wayOfCopy } from './volume-clone.ts';

/** How often a copy is asked how far it is. */
const LOOK_MS = 3000;

/** What a clone needs, all of it there. */
interface Making {
  readonly observed: ObservedClone;
  readonly cloneSpec: CloneSpec;
  readonly disks: readonly ClonedDisk[];
  readonly vm: VirtualMachine;
  readonly status: VMOperationStatus;
  readonly now: Date;
}

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
function planOver({ operation, copier }: ObservedClone, base: OperationPlan): ClonePlan {
  const isLitter = operation.status?.phase === 'Succeeded' && copier && !copier.metadata.deletionTimestamp;
  return { ...base, actions: isLitter ? [{ type: 'deleteCopier', pod: copier }] : [] };
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

/** The operation ends once nothing is left of what it began; the target goes last, its claims follow it. */
function undo({ operation, copier, target }: ObservedClone, base: OperationPlan): ClonePlan {
  const actions = undoActions({ operation, copier, target });
  if (actions.length === 0 && !isLeft({ operation, copier, target })) return { ...base, actions: [] };
  const message = `Undoing what was begun: ${base.status.message ?? ''}`;
  return { status: { ...operation.status, message }, actions };
}

type Left = Pick<ObservedClone, 'operation' | 'copier' | 'target'>;

function isLeft({ operation, copier, target }: Left): boolean {
  const isCopying = copier !== undefined && copierEnd(copier).type === 'running';
  return isCopying || (target !== undefined && isMadeBy(target, operation));
}

function undoActions(left: Left): CloneAction[] {
  const { copier, target, operation } = left;
  if (copier && copierEnd(copier).type === 'running') {
    return copier.metadata.deletionTimestamp ? [] : [{ type: 'deleteCopier', pod: copier }];
  }
  const isOurs = target && isMadeBy(target, operation) && !target.metadata.deletionTimestamp;
  return isOurs ? [{ type: 'deleteTarget', target }] : [];
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

/** Why there is no target any more: we deleted it, after a failure of which the copier tells, or somebody else did. */
function lossOf({ observed: { copier }, cloneSpec }: Making): string {
  const end = copier && copierEnd(copier);
  return end?.type === 'failed' ? end.message : `VirtualMachine ${cloneSpec.targetName} was deleted`;
}

/** The source's guest is off, and stays so until this operation has ended. */
function isHeld({ status }: VirtualMachine, { metadata }: VMOperation): boolean {
  return status?.disksHeldFor === metadata.uid;
}

/** The source's launcher has frozen the disks for this operation; the guest writes on above. */
function isFrozen({ status }: VirtualMachine, { metadata }: VMOperation): boolean {
  return status?.lastRequest === metadata.uid;
}

function claimsStep(making: Making, target: VirtualMachine): ClonePlan {
  const actions = [...missingClaims(making, target), ...unkeptBases(making, target)];
  if (actions.length > 0) return waiting(making, 'claims', 'Making the claims of the clone', actions);
  const unbound = unboundClaim(making);
  if (!unbound) return copyStep(making, target);
  return waiting(making, 'claims', `Waiting for the volume of claim ${unbound.metadata.name}`, []);
}

function missingClaims({ observed, disks, vm }: Making, target: VirtualMachine): CloneAction[] {
  const { claims, operation } = observed;
  return disks
    .filter(({ claimName }) => !claims.has(claimName))
    .map((disk) => {
      const source = claims.get(disk.source.claimName);
      const claim = cloneClaim(target, disk, source);
      const isCloned = source && isHeld(vm, operation) && isClonedByClass(disk, observed);
      return { type: 'createClaim', claim: isCloned ? clonedVolume(claim, source) : claim };
    });
}

/** Before anything stands on a claim it must be sure to stay. */
function unkeptBases({ observed: { claims }, disks }: Making, target: VirtualMachine): CloneAction[] {
  const bases = new Set(disks.flatMap((disk) => disk.bases));
  return [...bases].flatMap((name) => {
    const claim = claims.get(name);
    const owners = claim && ownersWith(claim, target);
    return owners ? [{ type: 'keepClaim', claim, owners } as const] : [];
  });
}

function unboundClaim({ observed, disks }: Making): PersistentVolumeClaim | undefined {
  return disks
    .flatMap(({ claimName }) => observed.claims.get(claimName) ?? [])
    .find((claim) => isBindingAwaited(claim, observed.storageClasses));
}

function copyStep(making: Making, target: VirtualMachine): ClonePlan {
  const { observed, disks, cloneSpec, status, now } = making;
  const { copier, operation, config, claims, progress } = observed;
  if (!copier) {
    const { snapshot } = observed;
    const id = layerId((snapshot ?? operation).metadata.uid ?? '');
    const frozen = snapshot !== undefined || isFrozen(making.vm, operation);
    const below = [...new Set(disks.flatMap(({ source }) => basesOfSource(source, claims)))];
    const pod = copierPod({
      ...{ operation, targetName: cloneSpec.targetName, disks, below, config },
      copy: copySpec(id, disks, frozen),
      nodeName: frozen ? making.vm.status?.nodeName : undefined,
    });
    return waiting(making, 'copy', 'The disks are being cloned', [{ type: 'createCopier', pod }]);
  }
  const end = copierEnd(copier);
  switch (end.type) {
    case 'running':
      return {
        ...waiting(making, 'copy', 'The disks are being cloned', unidentified(observed), progress?.progress),
        requeueAfter: LOOK_MS,
      };
    case 'succeeded':
      return waiting(
        making,
        'release',
        'The disks are made',
        [{ type: 'release', target, isStarted: cloneSpec.startAfterClone }],
        99,
      );
    case 'failed':
      return end.permanent ? abandon(making, end.message) : retry(copier, end, { status, now });
  }
}

function unidentified({ copier, isIdentified }: ObservedClone): CloneAction[] {
  return copier && !isIdentified ? [{ type: 'identifyCopier', pod: copier }] : [];
}

/** The target goes first, the copier stays for its log: until the operation has ended it tells why. */
function abandon({ observed, status, now }: Making, message: string): ClonePlan {
  const actions = undoActions(observed);
  if (actions.length === 0 && !isLeft(observed)) return { status: failed(status, message, now), actions };
  return { status: { ...status, message: `Undoing what was begun: ${message}` }, actions };
}

function waiting(
  { status, now }: Making,
  step: CloneStep,
  message: string,
  actions: readonly CloneAction[],
  progress = status.progress,
): ClonePlan {
  return { status: atStep(status, step, { message, progress }, now), actions };
}

function failed(status: VMOperation['status'], message: string, now: Date): VMOperationStatus {
  return { ...status, phase: 'Failed', message, completionTime: now.toISOString() };
}
