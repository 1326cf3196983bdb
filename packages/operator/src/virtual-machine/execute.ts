/** Carries a plan out. Every step may be repeated: the operator may die after any of them. */
import { Finalizers, type VirtualMachine } from '@hypersdk/api';
import {
  AlreadyExistsError,
  PersistentVolumeClaims,
  Pods,
  Secrets,
  type Client,
  type EventRecorder,
  type Pod,
} from '@hypersdk/kube';
import type { KeyPair } from '../launchers/authority.ts';
import type { Launchers } from '../launchers/launchers.ts';
import type { Own } from '../caches.ts';
import { unlessGone, unlessThere } from '../idempotent.ts';
import type { Action, Plan } from './plan/actions.ts';
import { withFailure } from './status/failure.ts';
import { machineSecret } from './pod/machine-secret.ts';
import type { Observed } from './observed.ts';

export interface Effects {
  readonly client: Client;
  readonly launchers: Launchers;
  readonly authority: KeyPair;
  readonly recorder: EventRecorder;
  readonly own: Own;
  readonly knownSecrets: Set<string>;
}

/**
 * Status is the fence: it is written, under optimistic lock, before a pod is made, so that of two operators or
 * two views of the world only the newest makes one. Otherwise it is written once, when everything is done.
 */
export async function execute(
  effects: Effects,
  observed: Observed,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const isFenced = plan.actions.some(({ type }) => type === 'createPod');
  const isRaised = isFenced && plan.status.epoch !== observed.vm.status?.epoch;
  const own = effects.own.virtualMachines;
  let vm = await hold(effects, observed.vm, plan, signal);
  // A second attempt at one epoch changes nothing before it has worked, or two statuses would take turns for ever.
  if (isFenced) vm = await own.fence(vm, isRaised ? plan.status : vm.status, signal);
  try {
    for (const action of plan.actions) await perform(effects, { ...observed, vm }, action, signal);
  } catch (error) {
    signal.throwIfAborted();
    await own.writeStatus(vm, withFailure(vm, plan.status, error, new Date()), signal);
    throw error;
  }
  if (!isRaised) await own.writeStatus(vm, plan.status, signal);
  for (const { type, reason, message } of plan.events) {
    effects.recorder.event(observed.vm, type, reason, message);
  }
}

/** The finalizer comes first: nothing may be made for a VM that could vanish without us. */
async function hold(
  { own }: Effects,
  vm: VirtualMachine,
  plan: Plan,
  signal: AbortSignal,
): Promise<VirtualMachine> {
  if (!plan.actions.some(({ type }) => type === 'addFinalizer')) return vm;
  return own.virtualMachines.hold(vm, Finalizers.virtualMachine, signal);
}

async function perform(
  effects: Effects,
  { vm, spec }: Observed,
  action: Action,
  signal: AbortSignal,
): Promise<void> {
  const { client, launchers, own } = effects;
  switch (action.type) {
    case 'addFinalizer':
      return;
    case 'removeFinalizer':
      await own.virtualMachines.release(vm, Finalizers.virtualMachine, signal);
      return;
    case 'createClaim':
      await unlessThere(client.create(PersistentVolumeClaims, action.claim, { signal }));
      return;
    case 'createPod': {
      const pod = await createdPod(client, action.pod, signal);
      await createSecret(effects, pod, { ...action, spec }, signal);
      return;
    }
    case 'ensureSecret':
      await createSecret(effects, action.pod, { ...action, spec }, signal);
      return;
    case 'deletePod': {
      const { uid, namespace, name } = action.pod.metadata;
      const options = { uid, gracePeriodSeconds: action.gracePeriodSeconds, signal };
      await unlessGone(client.delete(Pods, { namespace: namespace ?? '', name }, options));
      return;
    }
    case 'putMachine':
      await launchers.putMachine(action.address, action.machine, signal);
      return;
  }
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

async function createSecret(
  { client, authority, knownSecrets }: Effects,
  pod: Pod,
  content: Pick<Extract<Action, { type: 'ensureSecret' }>, 'machine'> & Pick<Observed, 'spec'>,
  signal: AbortSignal,
): Promise<void> {
  const secret = await machineSecret(authority, pod, content);
  await unlessThere(client.create(Secrets, secret, { signal }));
  knownSecrets.add(pod.metadata.uid ?? '');
}
