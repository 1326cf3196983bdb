/** Carries a plan out. Every step may be repeated: the operator may die after any of them. */
import { VMOperation, type VirtualMachine } from '@hypersdk/api';
import {
  AlreadyExistsError,
  keyOf,
  PersistentVolumeClaims,
  PodDisruptionBudgets,
  Pods,
  type Client,
  type PersistentVolumeClaim,
  type Pod,
} from '@hypersdk/kube';
import { podBudget } from '../drain/budget.ts';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { createWorker } from '../worker/create-worker.ts';
import { VMOperations } from '../resources.ts';
import { isSameJson } from '../same-json.ts';
import type { Action, Plan } from './plan/actions.ts';
import { sizeRequest } from './plan/grow.ts';
import { ownersPatch } from './plan/own-claims.ts';
import { reconfigured } from './status/reconfiguration.ts';
import { resourcesPatch } from './size/resources-patch.ts';
import { withFailure } from './status/failure.ts';
import { isPassing, START_PATIENCE } from './status/passing.ts';
import type { Observed } from './observed.ts';
import { writeMachineSecret } from './write-machine-secret.ts';
import type { Effects } from '../context.ts';

/**
 * Status is the fence: it is written, under optimistic lock, before a pod is made, so that of two operators or
 * two views of the world only the newest makes one; and before one goes that has told how its guest ended. Otherwise it is
 * written once, when everything is done. Resolves with the milliseconds after which it is to be written where it may wait.
 */
export async function execute(
  effects: Effects,
  observed: Observed,
  plan: Plan,
  signal: AbortSignal,
): Promise<number | undefined> {
  const does = (type: Action['type']): boolean => plan.actions.some((action) => action.type === type);
  const isRaised = does('createPod') && plan.status.epoch !== observed.vm.status?.epoch;
  // A target's epoch and claims are on record before any of them is.
  const isMoveBegun = plan.status.migration?.operation !== observed.vm.status?.migration?.operation;
  // Nobody can look up how a guest ended once its pod has gone.
  const isEndTold = does('deletePod') && !isSameJson(plan.status.lastEnd, observed.vm.status?.lastEnd);
  const isToldFirst = isRaised || isMoveBegun || isEndTold;
  const isFenced = isToldFirst || does('createPod');
  const own = effects.own.virtualMachines;
  // A second attempt at one epoch changes nothing before it has worked, or two statuses would take turns for ever.
  const fence = isToldFirst ? plan.status : observed.vm.status;
  const vm = isFenced ? await own.fence(observed.vm, fence, signal) : observed.vm;
  // Nobody would own what is made for a VM that is gone.
  if (!vm) return undefined;
  try {
    for (const action of plan.actions) await perform(effects, observed, action, signal);
  } catch (error) {
    signal.throwIfAborted();
    await own.writeStatus(vm, withFailure(vm, plan.status, error, new Date()), signal);
    throw error;
  }
  const wait = newsWait(effects, vm, plan);
  if (!isToldFirst && wait === undefined) await own.writeStatus(vm, plan.status, signal);
  for (const { type, reason, message } of plan.events) {
    effects.recorder.event(observed.vm, type, reason, message);
  }
  const outcome = reconfigured(observed.vm, plan.status);
  if (outcome) effects.metrics.reconfigured(outcome);
  return wait;
}

function newsWait({ passingNews }: Effects, vm: VirtualMachine, plan: Plan): number | undefined {
  if (isPassing(vm.status, plan)) return passingNews.wait(keyOf(vm), START_PATIENCE, new Date());
  passingNews.forget(keyOf(vm));
  return undefined;
}

async function perform(
  effects: Effects,
  { spec }: Observed,
  action: Action,
  signal: AbortSignal,
): Promise<void> {
  const { client, launchers } = effects;
  switch (action.type) {
    case 'createClaim':
      await unlessThere(client.create(PersistentVolumeClaims, action.claim, { signal }));
      return;
    case 'ownClaim': {
      const patch = ownersPatch(action.claim, action.owners);
      await unlessGone(client.mergePatch(PersistentVolumeClaims, action.claim.metadata, patch, { signal }));
      return;
    }
    case 'deleteClaim':
      await deleteClaim(client, action.claim, signal);
      return;
    case 'growClaim': {
      const patch = sizeRequest(action.claim, action.size);
      await unlessGone(client.mergePatch(PersistentVolumeClaims, action.claim.metadata, patch, { signal }));
      return;
    }
    case 'createPod': {
      const pod = await createdPod(client, action.pod, signal);
      await writeMachineSecret(effects, pod, { ...action, spec }, signal);
      return;
    }
    case 'ensureSecret':
    case 'renewSecret':
      await writeMachineSecret(effects, action.pod, { ...action, spec }, signal);
      return;
    case 'createWorker':
      await createWorker(effects, action, signal);
      return;
    case 'deletePod': {
      const { uid, namespace, name } = action.pod.metadata;
      const options = { uid, gracePeriodSeconds: action.gracePeriodSeconds, signal };
      await unlessGone(client.delete(Pods, { namespace: namespace ?? '', name }, options));
      return;
    }
    case 'resizePod': {
      const patch = resourcesPatch(action.pod, action.resources);
      await unlessGone(client.patchResize(Pods, action.pod.metadata, patch, { signal }));
      return;
    }
    case 'createBudget':
    case 'deleteBudget':
      await changeBudget(effects, action, signal);
      return;
    case 'createOperation':
      await unlessThere(client.create(VMOperations, VMOperation.parse(action.operation), { signal }));
      return;
    case 'putMachine':
      await launchers.putMachine(action.address, action.machine, signal);
      return;
  }
}

async function deleteClaim(
  client: Client,
  { metadata: { uid, namespace = '', name } }: PersistentVolumeClaim,
  signal: AbortSignal,
): Promise<void> {
  await unlessGone(client.delete(PersistentVolumeClaims, { namespace, name }, { uid, signal }));
}

async function changeBudget(
  { client, knownBudgets }: Effects,
  { type, pod }: Extract<Action, { type: 'createBudget' | 'deleteBudget' }>,
  signal: AbortSignal,
): Promise<void> {
  const { metadata } = pod;
  if (type === 'createBudget') {
    await unlessThere(client.create(PodDisruptionBudgets, podBudget(pod), { signal }));
    knownBudgets.add(metadata.uid ?? '');
    return;
  }
  await unlessGone(client.delete(PodDisruptionBudgets, metadata, { signal }));
  knownBudgets.delete(metadata.uid ?? '');
}

/** The pod as the server has it; one that a crashed attempt made is taken as it is. */
async function createdPod(client: Client, pod: Pod, signal: AbortSignal): Promise<Pod> {
  try {
    return await client.create(Pods, pod, { signal });
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
    const { namespace = '', name } = pod.metadata;
    const existing = await client.get(Pods, { namespace, name }, { signal });
    const owner = pod.metadata.ownerReferences?.[0]?.uid;
    if (existing.metadata.ownerReferences?.some(({ uid }) => uid === owner)) return existing;
    throw new Error(`pod ${name} exists and is not this VM's: delete it`, { cause: error });
  }
}
