import type { VirtualMachineStatus } from '@hypersdk/api';
import { evictionStrategyOf } from '../../drain/eviction-strategy.ts';
import { isUp } from '../../drain/standing.ts';
import type { Observed } from '../observed.ts';
import { isFinished } from '../pod/end-of-pod.ts';
import type { Action } from './actions.ts';

/** A guest that no eviction is to shut down has a budget, and so has the pod that it is on its way to. */
export function planBudgets(observed: Observed, status: VirtualMachineStatus): Action[] {
  const { vm, spec, pods, target, budgeted, config } = observed;
  const isProtected = evictionStrategyOf(spec, config.drain) !== 'Shutdown';
  const own = isUp({ ...vm, status })
    ? pods.find(({ metadata }) => metadata.name === status.podName)
    : undefined;
  return [own, target].flatMap((pod): Action[] => {
    // Its budget goes with it.
    if (!pod || isFinished(pod) || pod.metadata.deletionTimestamp) return [];
    const isThere = budgeted.has(pod.metadata.uid ?? '');
    if (isThere === isProtected) return [];
    return [{ type: isProtected ? 'createBudget' : 'deleteBudget', pod }];
  });
}
