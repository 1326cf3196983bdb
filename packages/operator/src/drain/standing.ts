/** How it stands with one VM whose node is being drained: whether it moves, is to move, or stands in the way. Pure. */
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import { isActive } from '../vm-operation/order.ts';
import type { EvictionStrategy } from './config.ts';
import { attemptOf, isOfStay } from './operation.ts';

/** A VM on a node that is being drained. */
export interface Stay {
  readonly vm: VirtualMachine;
  readonly node: string;
  readonly strategy: EvictionStrategy;
  /** All operations on the VM, whether they have ended or not. */
  readonly operations: readonly VMOperation[];
  /** Why it cannot move as it runs. */
  readonly obstacle: string | undefined;
}

/** There is a guest to lose. */
export function isUp({ metadata, status }: VirtualMachine): boolean {
  const phase = status?.phase ?? 'Pending';
  return !metadata.deletionTimestamp && /^(Running|Migrating|Paused|Unknown)$/.test(phase);
}

export type Standing =
  /** Whoever evicts its pod shuts it down. */
  | { readonly type: 'shutdown' }
  /** Until somebody does something about it. */
  | { readonly type: 'blocked'; readonly message: string }
  | { readonly type: 'moving'; readonly operation: VMOperation }
  /** Another operation is first. */
  | { readonly type: 'busy'; readonly operation: VMOperation }
  | { readonly type: 'retrying'; readonly message: string; readonly at: Date }
  | { readonly type: 'ready'; readonly attempt: number };

const FIRST_WAIT_MS = 30_000;
const LAST_WAIT_MS = 300_000;

export function standingOf(stay: Stay, now: Date): Standing {
  const { vm, node, strategy, operations, obstacle } = stay;
  if (strategy === 'Shutdown') return { type: 'shutdown' };
  if (strategy === 'None') {
    const message = `Its evictionStrategy None keeps it on node ${node}: stop it, or migrate it by an operation`;
    return { type: 'blocked', message };
  }
  const drains = operations
    .filter((operation) => isOfStay(operation, vm))
    .sort((a, b) => attemptOf(a) - attemptOf(b));
  const active = drains.find(isActive);
  if (active) return { type: 'moving', operation: active };
  if (obstacle !== undefined) return { type: 'blocked', message: obstacle };
  const other = operations.find((operation) => isActive(operation) && !operation.spec.dryRun);
  if (other) return { type: 'busy', operation: other };
  const last = drains.at(-1);
  if (!last) return { type: 'ready', attempt: 1 };
  const at = nextAttempt(last, drains.length);
  if (at > now) return { type: 'retrying', message: last.status?.message ?? '', at };
  return { type: 'ready', attempt: attemptOf(last) + 1 };
}

/** It doubles with each attempt that is still on record. */
function nextAttempt({ status, metadata }: VMOperation, attempts: number): Date {
  const end = Date.parse(status?.completionTime ?? metadata.creationTimestamp ?? '');
  return new Date(end + Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)));
}
