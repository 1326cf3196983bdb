import type { SavedMemory } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import { ProblemError } from '../../problem.ts';
import { resizeProcessors } from '../size/resize-processors.ts';
import { compareReleases, qemuVersion, release } from '../version.ts';
import { setCapabilities } from './capabilities.ts';
import { goOn } from './go-on.ts';
import { type MemoryFiles, removeMemory } from './memory-files.ts';
import { migrationAt, migrationStatus, NO_MIGRATION } from './progress.ts';
import { CHANNELS, FILE_CAPABILITIES } from './save-memory.ts';

export interface MemoryLoading {
  readonly files: MemoryFiles;
  /** Undefined where a launcher died after it was loaded and before the guest went on. */
  readonly saved: SavedMemory | undefined;
  readonly signal: AbortSignal;
}

/**
 * Has a guest go on from its memory, in a QEMU that was started with `-incoming defer -S`. The file goes before the guest
 * takes its first step: what the guest writes from then on is not what its memory knew. Repeated after a crash it does what
 * is left to do.
 */
export async function loadMemory(client: QmpClient, loading: MemoryLoading): Promise<void> {
  const { files, saved, signal } = loading;
  const status = await migrationStatus(client);
  if (status === NO_MIGRATION) await begin(client, files, saved);
  const end = await migrationAt(client, ['completed', 'failed'], { signal });
  if (end.status === 'failed') throw notLoaded(`QEMU says: ${end['error-desc'] ?? 'it failed'}`);
  await removeMemory(files);
  await goOn(client, signal);
}

async function begin(client: QmpClient, files: MemoryFiles, saved: SavedMemory | undefined): Promise<void> {
  if (!saved) throw notLoaded('it is not in the volume any more');
  const misfit = versionMisfit(saved, qemuVersion(client));
  if (misfit !== undefined) throw notLoaded(misfit);
  // Those that came to the guest have to come to this machine, too: it starts with what that one started with.
  if (saved.room) await resizeProcessors(client, saved.shape.cpus);
  await setCapabilities(client, FILE_CAPABILITIES);
  await client.execute('migrate-set-parameters', { 'multifd-channels': CHANNELS });
  await client.execute('migrate-incoming', { uri: `file:${files.state}`, 'exit-on-error': false });
}

/** A newer QEMU has the machines of older ones, which is said of those whose version is known. */
function versionMisfit({ qemuVersion: then, room }: SavedMemory, now: string): string | undefined {
  const difference = compareReleases(now, then);
  const isVersioned = /-\d+\.\d+$/.test(room?.machine ?? '');
  if (difference === 0 || (difference > 0 && isVersioned)) return undefined;
  return `it was saved by QEMU ${release(then)}, and this is QEMU ${release(now)}`;
}

function notLoaded(why: string): ProblemError {
  const message = `The guest's memory cannot be loaded: ${why}.`;
  return new ProblemError({ reason: 'MemoryNotLoaded', message });
}
