import { ConnectionClosedError, type QmpClient, TimeoutError } from 'qemu-monitor';
import { qemuStartTime } from '../qemu/process.ts';
import { queryQemu } from '../qemu/query.ts';
import type { Machine } from './machine.ts';
import type { ObservedQemu } from './observed.ts';

export async function observeQemu(
  machine: Machine,
  { launched, declined }: { readonly launched: boolean; readonly declined: boolean },
): Promise<ObservedQemu> {
  if (!launched) return { state: 'unlaunched' };
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
    // Those that QEMU was started with: a disk that the spec no longer has is still the guest's.
    const disks = (machine.record.launch?.spec ?? machine.spec).disks;
    const answer = await queryQemu(client, disks);
    const startTime = await qemuStartTime(machine.files);
    machine.lastAnswer = { state: 'running', silent: false, startTime, ...answer };
    return machine.lastAnswer;
  } catch (error) {
    if (error instanceof ConnectionClosedError) return unanswered(machine);
    if (error instanceof TimeoutError && machine.lastAnswer) return { ...machine.lastAnswer, silent: true };
    throw error;
  }
}

function unanswered({ lastAnswer }: Machine): ObservedQemu {
  return lastAnswer ? { state: 'reconnecting', last: lastAnswer } : { state: 'starting' };
}
