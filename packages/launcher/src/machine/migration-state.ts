import type { MachineMigration } from '@hypersdk/api/machine';
import type { Observed, RunningQemu } from './observed.ts';
import { awaited } from './plan-incoming.ts';
import type { MigrationRecord } from './record.ts';

/** What the operator is told of a migration; undefined where there is none. Pure. */
export function migrationState(
  observed: Observed,
  qemu: RunningQemu | undefined,
): MachineMigration | undefined {
  const { spec, record } = observed;
  if (spec.incoming)
    return { ...figures(qemu), id: spec.incoming.id, direction: 'in', phase: phaseIn(observed, qemu) };
  if (record.migration) return stateOut(observed, record.migration, qemu);
  return spec.outgoing && { id: spec.outgoing.id, direction: 'out', phase: 'Preparing' };
}

function phaseIn(observed: Observed, qemu: RunningQemu | undefined): MachineMigration['phase'] {
  if (!awaited(observed)) return 'Done';
  if (observed.record.exit || observed.qemu.state === 'gone') return 'Failed';
  switch (qemu?.migration?.status) {
    case 'setup':
      return 'Listening';
    case 'active':
      return 'CopyingMemory';
    case 'completed':
      return 'CutOver';
    case 'failed':
    case 'cancelled':
      return 'Failed';
    default:
      return 'Preparing';
  }
}

function stateOut(
  { spec, record: { exit } }: Observed,
  { id, state, outgoing, problem, downtimeMilliseconds }: MigrationRecord,
  qemu: RunningQemu | undefined,
): MachineMigration {
  const common = { ...figures(qemu), id, direction: 'out' as const };
  const downtime = downtimeMilliseconds === undefined ? {} : { downtimeMilliseconds };
  switch (state) {
    case 'preparing':
      return { ...common, phase: outgoing?.mirrored.length ? 'CopyingDisks' : 'Preparing' };
    case 'sending':
      return { ...common, phase: 'CopyingMemory' };
    case 'handed-over':
      return { ...common, ...downtime, phase: exit?.reason === 'migrated' ? 'Done' : 'CutOver' };
    case 'failed':
      if (spec.outgoing && spec.outgoing.id !== id)
        return { id: spec.outgoing.id, direction: 'out', phase: 'Preparing' };
      return { id, direction: 'out', phase: 'Failed', ...(problem && { problem }) };
    case 'arriving':
    case 'arrived':
      return { id, direction: 'in', phase: 'Done' };
  }
}

function figures(qemu: RunningQemu | undefined): Partial<MachineMigration> {
  const { transferred, remaining, total, dirtyRate, diskProgress } = qemu?.migration ?? {};
  return {
    ...(transferred !== undefined && { transferred }),
    ...(remaining !== undefined && { remaining }),
    ...(total !== undefined && { total }),
    ...(dirtyRate !== undefined && { dirtyRate }),
    ...(diskProgress !== undefined && { diskProgress }),
  };
}
