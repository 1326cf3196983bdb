import { ConnectionClosedError, type QmpClient, TimeoutError } from 'qemu-monitor';
import { qemuProcess, qemuStartTime } from '../../qemu/process/process.ts';
import { type MigrationFigures, migrationFigures } from '../../qemu/migration/figures.ts';
import { queryQemu } from '../../qemu/query.ts';
import type { Machine } from '../machine.ts';
import { observeOverhead } from './overhead.ts';
import type { ObservedQemu, RunningQemu } from './observed.ts';

export async function observeQemu(
  machine: Machine,
  { launched, declined }: { readonly launched: boolean; readonly declined: boolean },
): Promise<ObservedQemu> {
  // A wrapper that has ended never comes back, and starts no QEMU.
  if (!launched)
    return (await qemuProcess(machine.files)) === 'gone'
      ? { state: 'gone', declined }
      : { state: 'unlaunched' };
  if (declined) return { state: 'gone', declined };
  const link = machine.link.state;
  switch (link.state) {
    case 'connecting':
      return unanswered(machine);
    case 'gone':
      return { state: 'gone', declined: false, shutdown: link.shutdown, last: machine.lastAnswer };
    case 'connected':
      return ask(machine, link.client);
  }
}

async function ask(machine: Machine, client: QmpClient): Promise<ObservedQemu> {
  try {
    // QEMU answers in turn: a guest whose migration has completed stands still by the time that its status is asked for.
    const [migration, answer, startTime, overhead] = await Promise.all([
      isMigrating(machine) ? migrationFigures(client) : undefined,
      queryQemu(client, candidates(machine)),
      qemuStartTime(machine.files),
      observeOverhead(machine),
    ]);
    const sentUntil = lastSent(machine.lastAnswer, migration);
    machine.lastAnswer = {
      ...{ state: 'running', silent: false, startTime, overhead, migration, sentUntil, ...answer },
    };
    return machine.lastAnswer;
  } catch (error) {
    if (error instanceof ConnectionClosedError) return unanswered(machine);
    if (error instanceof TimeoutError && machine.lastAnswer) return { ...machine.lastAnswer, silent: true };
    throw error;
  }
}

function lastSent(
  before: RunningQemu | undefined,
  migration: MigrationFigures | undefined,
): Date | undefined {
  const last = before?.migration;
  const isSame = last?.transferred === migration?.transferred && last?.status === migration?.status;
  return isSame && before?.sentUntil ? before.sentUntil : new Date();
}

const isMigrating = ({ spec, record }: Machine): boolean =>
  [spec.incoming, spec.outgoing, spec.expects, record.migration].some((migration) => migration !== undefined);

/** All that QEMU may have: a disk that the spec no longer has may still be the guest's. */
function candidates({ record, spec }: Machine): string[] {
  const known = [...(record.launch?.spec.disks ?? []), ...spec.disks].map(({ name }) => name);
  return [...new Set([...known, ...(record.plugged ?? [])])];
}

function unanswered({ lastAnswer }: Machine): ObservedQemu {
  return lastAnswer ? { state: 'reconnecting', last: lastAnswer } : { state: 'starting' };
}
