import { runningRoom } from '../plan/resize.ts';
import { ownMemory, reportedMemory } from '../../qemu/size/memory-report.ts';
import type { Machine } from '../machine.ts';
import { steadyOverhead } from './steady-overhead.ts';

/** Milliseconds between two measurements; each costs some twenty of a processor. */
const INTERVAL = 30_000;

/** Bytes that the VM takes beside its guest's memory, told anew when that is news; undefined where it is not known. */
export async function observeOverhead(machine: Machine): Promise<number | undefined> {
  const { record, files, overhead } = machine;
  const isFresh = overhead && Date.now() - overhead.time.getTime() < INTERVAL;
  const room = runningRoom(record);
  if (isFresh || !room) return overhead?.bytes;
  const { bootMemory, maxMemory } = room;
  const guest = { memory: bootMemory, room: maxMemory - bootMemory };
  const [qemu, launcher] = await Promise.all([reportedMemory(files, guest), ownMemory()]);
  const measured = qemu === undefined || launcher === undefined ? undefined : qemu + launcher;
  const bytes = steadyOverhead(overhead?.bytes, measured);
  machine.overhead = { bytes, time: new Date() };
  return bytes;
}
