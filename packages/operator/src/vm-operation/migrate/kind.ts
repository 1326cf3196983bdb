/** Operation migrate: the VM's reconciler moves the guest; here it is asked for, and told. */
import { isConditionTrue, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { Next, OperationKind, Waiting, Work } from '../kind.ts';
import { migrationChecks } from './checks.ts';
import { observeMigration } from './observe.ts';
import type { ObservedMigration } from './observed.ts';
import { secondsLeft } from './seconds-left.ts';

export const migrateKind: OperationKind<ObservedMigration> = {
  doing: 'Preparing the target',
  observe: observeMigration,
  preflight: migrationChecks,
  supersededBy: ['stop', 'restart', 'delete'],
  followsSnapshots: true,
  sparesDisks: true,
  next: (work) =>
    work.observed.operation.spec.migrateSpec?.live === false ? nextCold(work) : nextLive(work),
  // The VM's reconciler calls it off, and says so when it knows that the guest stays.
  undo: ({ operation, vm }) => (isUnderWay(vm, operation) ? {} : undefined),
  onEnd: ({ vm }, { phase, message = '' }) =>
    phase === 'Succeeded' && vm ? { event: { reason: 'Migrated', message } } : {},
};

function migrationOf(vm: VirtualMachine | undefined, { metadata }: VMOperation) {
  const migration = vm?.status?.migration;
  return migration?.operation === metadata.uid ? migration : undefined;
}

function isUnderWay(vm: VirtualMachine | undefined, operation: VMOperation): boolean {
  const migration = migrationOf(vm, operation);
  return migration !== undefined && !/^(Succeeded|Failed)$/.test(migration.phase);
}

function nextLive({ observed: { vm, operation } }: Work<ObservedMigration>): Next {
  const migration = migrationOf(vm, operation);
  if (!migration) return { type: 'waiting', step: 'Preparing', message: 'Waiting for the guest to stand' };
  const { phase, message = '' } = migration;
  if (phase === 'Failed' || migration.postCopy?.lost) return { type: 'failed', message };
  const told = figures(migration);
  if (phase === 'Succeeded') {
    return {
      type: 'done',
      message,
      ...(migration.targetNode !== undefined && { result: migration.targetNode }),
      ...told,
    };
  }
  const { progress } = migration;
  return {
    ...{ type: 'waiting', step: phase, message, ...told },
    ...(progress !== undefined && { progress }),
    // Launchers have decided it; all that is left is to see it.
    ...(/^(CutOver|PostCopy)$/.test(phase) && { isFinal: true }),
  };
}

function figures(migration: NonNullable<ReturnType<typeof migrationOf>>): Pick<Waiting, 'told'> {
  const { sourceNode, targetNode, transferredBytes, remainingBytes, dirtyRate } = migration;
  const { downtimeMilliseconds, postCopy } = migration;
  const method = migration.disks?.length ? 'disks, then memory' : 'memory';
  return {
    told: {
      migration: {
        ...{ method, sourceNode, targetNode, transferredBytes, remainingBytes },
        ...{ dirtyRate, downtimeMilliseconds, postCopy, estimatedSeconds: secondsLeft(migration) },
      },
    },
  };
}

/** In another pod, on the node that the scheduler has found for it. */
function nextCold({ observed: { vm }, status }: Work<ObservedMigration>): Next {
  const isUp = isConditionTrue(vm.status?.conditions, 'Running');
  const hasMoved = isUp && (vm.status?.epoch ?? 0) > (status.fromEpoch ?? 0);
  const node = vm.status?.nodeName;
  if (hasMoved) {
    return {
      type: 'done',
      message: `The guest runs anew on node ${node ?? ''}`,
      ...(node !== undefined && { result: node }),
    };
  }
  const sourceNode = status.migration?.sourceNode ?? node;
  return {
    ...{ type: 'waiting', step: 'restart', message: 'The guest is shut down, and started elsewhere' },
    told: { migration: { method: 'restart', ...(sourceNode !== undefined && { sourceNode }) } },
  };
}
