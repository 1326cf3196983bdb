import { keyOf } from '@hypersdk/kube';
import { servedDisk } from '../../virtual-machine/attachments/attachments.ts';
import { launcherAddress } from '../../virtual-machine/observe.ts';
import { isHeld, snapshotsOf } from '../../vm-snapshot/of-vm.ts';
import { disksAndClaims } from '../clone/observe.ts';
import type { ObservedOperation } from '../observed.ts';
import type { ObservedMigration } from './observed.ts';
import type { Context } from '../../context.ts';

export async function observeMigration(
  context: Context,
  observed: ObservedOperation,
  signal: AbortSignal,
): Promise<ObservedMigration> {
  const { caches } = context;
  const { vm } = observed;
  return {
    ...observed,
    ...disksAndClaims(caches, vm),
    snapshots: vm
      ? snapshotsOf(caches, vm)
          .filter(isHeld)
          .map(({ metadata }) => metadata.name)
      : [],
    served: vm ? caches.pods.byIndex('attachedTo', keyOf(vm)).map(servedDisk) : [],
    nodes: caches.nodes.list(),
    dirtyRate: await dirtyRate(context, observed, signal),
  };
}

async function dirtyRate(
  { caches, launchers }: Context,
  { vm, operation: { spec, status } }: ObservedOperation,
  signal: AbortSignal,
): Promise<number | undefined> {
  const isAsked = spec.dryRun && spec.migrateSpec?.live !== false && status?.completionTime === undefined;
  const pods = caches.pods.byIndex('owner', vm?.metadata.uid ?? '');
  const pod = pods.find(({ metadata }) => metadata.name === vm?.status?.podName);
  const address = pod && launcherAddress([pod]);
  if (!isAsked || !address) return undefined;
  try {
    return await launchers.dirtyRate(address, signal);
  } catch {
    // It is good to know, and nothing depends on it.
    signal.throwIfAborted();
    return undefined;
  }
}
