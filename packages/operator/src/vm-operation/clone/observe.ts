import type { VirtualMachine } from '@hypersdk/api';
import { keyOf, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';
import type { VirtualMachineContext } from '../../virtual-machine/controller.ts';
import { DiskProblem, resolveDisks } from '../../virtual-machine/disks/disks.ts';
import { diskContext } from '../../virtual-machine/observe.ts';
import { areIdentified } from '../../worker/create-worker.ts';
import { workerProgress } from '../../worker/worker-progress.ts';
import type { ObservedOperation } from '../observed.ts';
import { copierName } from './copier-pod.ts';
import { basesOfSource } from './disks.ts';
import type { ObservedClone } from './observed.ts';

export async function observeClone(
  context: VirtualMachineContext,
  observed: ObservedOperation,
  signal: AbortSignal,
): Promise<ObservedClone> {
  const { caches, own, launchers, config } = context;
  const { operation, vm } = observed;
  const namespace = operation.metadata.namespace ?? '';
  const targetName = operation.spec.cloneSpec?.targetName ?? '';
  const copier = copierOf(caches, `${namespace}/${copierName(targetName)}`, operation.metadata.uid);
  return {
    ...observed,
    ...disksAndClaims(caches, vm, [targetName]),
    target: own.virtualMachines.get(`${namespace}/${targetName}`),
    snapshot: own.snapshots.get(`${namespace}/${operation.spec.cloneSpec?.snapshotRef?.name ?? ''}`),
    copier,
    isIdentified: areIdentified(copier ? [copier] : [], context.knownSecrets),
    progress: await workerProgress(copier ? [copier] : [], (at) => launchers.copy(at, signal), signal),
    storageClasses: caches.storageClasses.list(),
    config,
  };
}

export function copierOf(caches: Caches, key: string, operation = ''): Pod | undefined {
  return caches.pods.byIndex('owner', operation).find((pod) => keyOf(pod) === key);
}

/** The disks of a VM, and the claims that they and those of its clones of these names are, or stand on. */
export function disksAndClaims(
  caches: Caches,
  vm: VirtualMachine | undefined,
  targets: readonly string[],
): Pick<ObservedClone, 'spec' | 'disks' | 'claims'> {
  if (!vm) return { spec: undefined, disks: [], claims: new Map() };
  const context = diskContext(caches, vm);
  const { spec, claims: own } = context;
  try {
    const disks = resolveDisks(context);
    const others = disks.flatMap((disk) => [
      ...targets.map((target) => `${target}-${disk.name}`),
      ...basesOfSource(disk, own),
    ]);
    return { spec, disks, claims: new Map([...own, ...named(caches, vm, others)]) };
  } catch (error) {
    if (error instanceof DiskProblem) return { spec, disks: { problem: error.message }, claims: own };
    throw error;
  }
}

function named(
  caches: Caches,
  { metadata }: VirtualMachine,
  names: readonly string[],
): [string, PersistentVolumeClaim][] {
  return names.flatMap((name) => {
    const claim = caches.claims.get(`${metadata.namespace ?? ''}/${name}`);
    return claim ? [[name, claim]] : [];
  });
}
