import type { KubeObject } from '@hypersdk/kube';
import { Annotations, type VMOperation } from '@hypersdk/api';
import { unlessGone } from '../../idempotent.ts';
import { VirtualMachines, VMOperations } from '../../resources.ts';
import type { Context } from '../../context.ts';

/**
 * Deletes the VMs that an operation of this key was making in other namespaces, and that is gone: no owner reference
 * could take them along. What else was made for them belongs to them.
 */
export async function collectOrphans(
  { client, caches }: Pick<Context, 'client' | 'caches'>,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const orphans = caches.virtualMachines
    .byIndex('beingClonedBy', key)
    .filter((vm) => !vm.metadata.deletionTimestamp && !isOf(vm, caches.operations.get(key)));
  if (orphans.length === 0) return;
  const [namespace = '', name = ''] = key.split('/');
  // The cache may know the VM and not yet its operation.
  const operation = await unlessGone(client.get(VMOperations, { namespace, name }, { signal }));
  for (const { metadata } of orphans.filter((vm) => !isOf(vm, operation))) {
    await unlessGone(client.delete(VirtualMachines, metadata, { uid: metadata.uid, signal }));
  }
}

const isOf = ({ metadata }: KubeObject, operation: VMOperation | undefined): boolean =>
  operation !== undefined && metadata.annotations?.[Annotations.clonedBy] === operation.metadata.uid;
