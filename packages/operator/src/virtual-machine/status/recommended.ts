/** What a template recommends to a VM, which is warned and starts all the same. */
import {
  compareQuantities,
  findCondition,
  rootDiskOf,
  type VirtualMachine,
  type VirtualMachineStatus,
} from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import type { Observed } from '../observed.ts';
import type { PlannedEvent } from '../plan/actions.ts';

const TYPE = 'BelowRecommended';

export function belowRecommended(observed: Observed): Update[] {
  const { template, vm } = observed;
  const short = shortages(observed);
  if (template && short.length > 0) {
    const name = `${template.metadata.namespace ?? ''}/${template.metadata.name}`;
    const message = `VMTemplate ${name} recommends more: ${short.join('; ')}`;
    return [{ type: TYPE, status: 'True', reason: TYPE, message }];
  }
  if (!findCondition(vm.status?.conditions, TYPE)) return [];
  const message = 'The VM has all that its template recommends';
  return [{ type: TYPE, status: 'False', reason: 'AsRecommended', message }];
}

function shortages({ spec, template }: Observed): string[] {
  const { minCpus, minMemory, minDiskSize } = template?.spec.recommendedResources ?? {};
  const root = rootDiskOf(spec.disks);
  return [
    ...(minCpus !== undefined && spec.cpus < minCpus ? [`spec.cpus is ${spec.cpus} of ${minCpus}`] : []),
    ...tooSmall('spec.memory', spec.memory, minMemory),
    ...(root ? tooSmall(`size of disk ${root.name}`, root.size, minDiskSize) : []),
  ];
}

function tooSmall(what: string, has: string | undefined, recommended: string | undefined): string[] {
  if (has === undefined || recommended === undefined || compareQuantities(has, recommended) >= 0) return [];
  return [`${what} is ${has} of ${recommended}`];
}

export function recommendationEvents(
  { status: before }: VirtualMachine,
  status: VirtualMachineStatus,
): PlannedEvent[] {
  const now = findCondition(status.conditions, TYPE);
  if (now?.status !== 'True' || findCondition(before?.conditions, TYPE)?.message === now.message) return [];
  return [{ type: 'Warning', reason: now.reason, message: now.message }];
}
