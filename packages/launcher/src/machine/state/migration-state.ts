import type { MachineExit, MachineMigration } from '@hypersdk/api/machine';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { awaited } from '../plan/incoming.ts';
import { isPostCopy } from '../plan/post-copy.ts';
import { wantedOutgoing } from '../plan/wanted-outgoing.ts';
import type { MigrationRecord } from '../record.ts';

/** What the operator is told of a migration; undefined where there is none. Pure. */
export function migrationState(
  observed: Observed,
  qemu: RunningQemu | undefined,
): MachineMigration | undefined {
  const { spec, record } = observed;
  if (spec.incoming) {
    const { postCopy } = observed;
    const common = { ...figures(qemu), ...(postCopy && { postCopy }) };
    return { ...common, id: spec.incoming.id, direction: 'in', phase: phaseIn(observed, qemu) };
  }
  if (record.migration) return stateOut(observed, record.migration, qemu);
  const outgoing = wantedOutgoing(observed);
  return outgoing && { id: outgoing.id, direction: 'out', phase: 'Preparing' };
}

function phaseIn(observed: Observed, qemu: RunningQemu | undefined): MachineMigration['phase'] {
  if (!awaited(observed)) return 'Done';
  const { exit, migration } = observed.record;
  if (exit !== undefined || observed.qemu.state === 'gone') return mayHaveRun(migration) ? 'Done' : 'Failed';
  if (migration?.state === 'ahead') return 'PostCopy';
  switch (qemu?.migration?.status) {
    case 'setup':
      return 'Listening';
    case 'active':
      return 'CopyingMemory';
    case 'completed':
    case 'postcopy-active':
    case 'postcopy-paused':
      return 'CutOver';
    case 'failed':
    case 'cancelled':
      return 'Failed';
    default:
      return 'Preparing';
  }
}

/** Its QEMU was let go on, or the launcher ended on the way to that: the disks may be newer than what the source knows. */
const mayHaveRun = (migration: MigrationRecord | undefined): boolean =>
  migration?.state === 'arriving' || migration?.state === 'ahead';

function stateOut(
  observed: Observed,
  { id, state, outgoing, problem, downtimeMilliseconds }: MigrationRecord,
  qemu: RunningQemu | undefined,
): MachineMigration {
  const { exit } = observed.record;
  const common = { ...figures(qemu), id, direction: 'out' as const };
  const downtime = downtimeMilliseconds === undefined ? {} : { downtimeMilliseconds };
  switch (state) {
    case 'preparing':
      return { ...common, phase: outgoing?.mirrored.length ? 'CopyingDisks' : 'Preparing' };
    case 'sending':
      return { ...common, phase: 'CopyingMemory' };
    case 'handed-over':
      return { ...common, ...downtime, phase: phaseAfter(exit, qemu) };
    case 'failed': {
      const next = wantedOutgoing(observed);
      if (next && next.id !== id) return { id: next.id, direction: 'out', phase: 'Preparing' };
      return { id, direction: 'out', phase: 'Failed', ...(problem && { problem }) };
    }
    case 'arriving':
    case 'ahead':
    case 'arrived':
      return { id, direction: 'in', phase: 'Done' };
  }
}

function phaseAfter(exit: MachineExit | undefined, qemu: RunningQemu | undefined): MachineMigration['phase'] {
  if (exit?.reason === 'migrated') return 'Done';
  return qemu && isPostCopy(qemu) ? 'PostCopy' : 'CutOver';
}

function figures(qemu: RunningQemu | undefined): Partial<MachineMigration> {
  const { transferred, remaining, total, dirtyRate, throughput, throttle, diskProgress } =
    qemu?.migration ?? {};
  return {
    ...(throughput !== undefined && { throughput }),
    ...(throttle !== undefined && throttle > 0 && { throttle }),
    ...(transferred !== undefined && { transferred }),
    ...(remaining !== undefined && { remaining }),
    ...(total !== undefined && { total }),
    ...(dirtyRate !== undefined && { dirtyRate }),
    ...(diskProgress !== undefined && { diskProgress }),
  };
}
