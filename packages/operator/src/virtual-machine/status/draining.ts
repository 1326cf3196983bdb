/** What is told of a guest whose node is being drained: what becomes of it, or what it waits for. */
import { findCondition, type VirtualMachine, type VirtualMachineStatus } from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import type { DrainConfig } from '../../drain/config.ts';
import { evictionStrategyOf } from '../../drain/eviction-strategy.ts';
import { isUp, standingOf, type Standing } from '../../drain/standing.ts';
import type { Observed } from '../observed.ts';
import type { PlannedEvent } from '../plan/actions.ts';

const TYPE = 'Draining';
const BLOCKED = 'Blocked';

/** `obstacle` is why the guest could not go. */
export function draining(
  { vm, spec, drain, config }: Observed,
  status: VirtualMachineStatus,
  obstacle: string | undefined,
  now: Date,
): Update[] {
  const told = { ...vm, status };
  if (drain && isUp(told)) {
    const strategy = evictionStrategyOf(spec, config.drain);
    const standing = standingOf({ ...drain, vm: told, strategy, obstacle }, now);
    return [{ type: TYPE, status: 'True', ...words(standing, config.drain) }];
  }
  if (!findCondition(vm.status?.conditions, TYPE)) return [];
  const message = 'No node that is being drained has its guest';
  return [{ type: TYPE, status: 'False', reason: 'NotDraining', message }];
}

function words(
  standing: Standing,
  { parallel, parallelPerNode }: DrainConfig,
): Pick<Update, 'reason' | 'message'> {
  switch (standing.type) {
    case 'shutdown':
      return {
        reason: 'ShutsDown',
        message: 'The eviction of its pod shuts the guest down; it is started elsewhere',
      };
    case 'blocked':
      return { reason: BLOCKED, message: standing.message };
    case 'moving': {
      const { metadata, status } = standing.operation;
      return {
        reason: 'Migrating',
        message: `VMOperation ${metadata.name}: ${status?.message ?? 'It begins'}`,
      };
    }
    case 'busy':
      return { reason: 'Waiting', message: `VMOperation ${standing.operation.metadata.name} is first` };
    case 'retrying':
      return {
        reason: 'Retrying',
        message: `${standing.message}; another attempt follows at ${standing.at.toISOString()}`,
      };
    case 'ready':
      return {
        reason: 'Waiting',
        message: `Its turn comes: drains move ${parallel} VMs at a time, ${parallelPerNode} of one node`,
      };
  }
}

/** That it begins, and what stands in its way. */
export function drainEvents(
  { status: before }: VirtualMachine,
  status: VirtualMachineStatus,
): PlannedEvent[] {
  const now = findCondition(status.conditions, TYPE);
  const was = findCondition(before?.conditions, TYPE);
  if (now?.status !== 'True') return [];
  if (now.reason === BLOCKED) {
    const isNews = was?.reason !== BLOCKED || was.message !== now.message;
    return isNews ? [{ type: 'Warning', reason: 'DrainBlocked', message: now.message }] : [];
  }
  if (was?.status === 'True' && was.reason !== BLOCKED) return [];
  return [{ type: 'Normal', reason: 'Draining', message: now.message }];
}
