import type { VirtualMachine } from '@hypersdk/api';
import { keyOf, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import type { Caches } from '../../caches.ts';
import { disksOrProblem } from '../../virtual-machine/disks/disks.ts';
import { diskContext } from '../../virtual-machine/observe.ts';
import { areIdentified } from '../../worker/create-worker.ts';
import { workerProgress } from '../../worker/worker-progress.ts';
import type { ObservedOperation } from '../observed.ts';
import { isAcross, targetNamespaceOf } from './across.ts';
import { copierName } from './copier-pod.ts';
import { basesOfSource } from './disks.ts';
import { firmwareClaim } from './firmware.ts';
import type { ObservedClone } from './observed.ts';
import { serverName } from './server-pod.ts';
import type { Context } from '../../context.ts';

export async function observeClone(
  context: Context,
  observed: ObservedOperation,
  signal: AbortSignal,
): Promise<ObservedClone> {
  const { caches, own, launchers, config } = context;
  const { operation, vm } = observed;
  const namespace = operation.metadata.namespace ?? '';
  const targetNamespace = targetNamespaceOf(operation);
  const targetName = operation.spec.cloneSpec?.targetName ?? '';
  const target = own.virtualMachines.get(`${targetNamespace}/${targetName}`);
  const copierOwner = isAcross(operation) ? target?.metadata.uid : operation.metadata.uid;
  const copier = copierOf(caches, `${targetNamespace}/${copierName(targetName)}`, copierOwner);
  const server = copierOf(caches, `${namespace}/${serverName(operation)}`, operation.metadata.uid);
  const source = disksAndClaims(caches, vm);
  const disks = 'problem' in source.disks ? [] : source.disks;
  return {
    ...{ ...observed, ...source, target, copier, config },
    made: named(caches, targetNamespace, [
      ...disks.map(({ name }) => `${targetName}-${name}`),
      firmwareClaim(targetName),
    ]),
    isNamespaceThere: caches.namespaces.get(targetNamespace) !== undefined,
    server,
    snapshot: own.snapshots.get(`${namespace}/${operation.spec.cloneSpec?.snapshotRef?.name ?? ''}`),
    isIdentified: areIdentified([copier ?? [], server ?? []].flat(), context.knownSecrets),
    progress: await workerProgress(copier ? [copier] : [], (at) => launchers.copy(at, signal), signal),
    storageClasses: caches.storageClasses.list(),
  };
}

export function copierOf(caches: Caches, key: string, owner = ''): Pod | undefined {
  return caches.pods.byIndex('owner', owner).find((pod) => keyOf(pod) === key);
}

/** The disks of a VM, and the claims that they are, or stand on. */
export function disksAndClaims(
  caches: Caches,
  vm: VirtualMachine | undefined,
): Pick<ObservedClone, 'spec' | 'disks' | 'claims'> {
  if (!vm) return { spec: undefined, disks: [], claims: new Map() };
  const context = diskContext(caches, vm);
  const { spec, claims: own } = context;
  const disks = disksOrProblem(context);
  if ('problem' in disks) return { spec, disks, claims: own };
  const below = disks.flatMap((disk) => basesOfSource(disk, own));
  return { spec, disks, claims: new Map([...own, ...named(caches, vm.metadata.namespace ?? '', below)]) };
}

function named(
  caches: Caches,
  namespace: string,
  names: readonly string[],
): Map<string, PersistentVolumeClaim> {
  const claims = names.flatMap((name) => caches.claims.get(`${namespace}/${name}`) ?? []);
  return new Map(claims.map((claim) => [claim.metadata.name, claim]));
}
