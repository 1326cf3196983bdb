import { abandonMigration } from '../../qemu/migration/abandon.ts';
import { forgetPassingMemories } from '../../qemu/migration/memory-files.ts';
import type { MigrationJob } from '../plan/action.ts';
import { command } from '../execute/command.ts';
import { freezeDisks } from '../execute/freeze-disks.ts';
import type { Machine } from '../machine.ts';
import { resumeGuest, suspendGuest } from '../execute/suspend-guest.ts';

/** Jobs of which one is done at a time: QEMU has one migration, into a file as elsewhere. */
export async function workOnMemory(machine: Machine, job: MigrationJob, signal: AbortSignal): Promise<void> {
  switch (job.type) {
    case 'freeze-disks':
      return freezeDisks(machine, job, signal);
    case 'suspend-guest':
      return suspendGuest(machine, job, signal);
    case 'load-memory':
      return resumeGuest(machine, job, signal);
    case 'forget-passing-memory':
      await forgetPassingMemories(job.disks);
      machine.hasNoPassingMemory = true;
      return;
    case 'abandon-migration':
      await command(machine, (client) => abandonMigration(client, signal));
  }
}
