import { growFileSystems } from '../../guest-agent/grow-file-systems.ts';
import { messageOf, TransientError } from '../../problem.ts';
import { serialOf } from '../../qemu/devices/disk.ts';
import type { Machine } from '../machine.ts';
import type { Job } from '../plan/action.ts';

/** Due until the guest has done it; another launcher asks again, which does no harm. Throws TransientError. */
export async function enlargeFileSystems(
  machine: Machine,
  { name, size }: Extract<Job, { type: 'grow-file-systems' }>,
  signal: AbortSignal,
): Promise<void> {
  const { guest, log } = machine;
  try {
    // Its channel may be about to be opened anew.
    if (!guest.agent) throw new Error('the guest agent does not answer now');
    await growFileSystems(guest.agent, { serial: serialOf(name), size }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = messageOf(error);
    log.warn({ disk: name, reason }, 'the guest has not enlarged its file systems');
    const cure =
      'It is tried again; give the guest growpart and the tools of its file system, or enlarge it there and set guestAgent.growFileSystems to false';
    const message = `Disk ${name} has grown, and the file systems on it have not: ${reason}. ${cure}`;
    throw new TransientError({ reason: 'FileSystemNotGrown', message, disk: name }, { cause: error });
  }
  machine.enlarged.set(name, size);
  log.info({ disk: name }, 'the guest has enlarged its file systems');
  guest.lookAgain();
}
