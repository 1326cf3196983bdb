import { link, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type MachineDisk, memoryName, passingMemoryName, SavedMemory } from '@hypersdk/api/machine';
import * as z from 'zod';
import { exists } from '../../files/exists.ts';
import { commitFile, syncPath, writeFileDurably } from '../../files/write-file-atomically.ts';

/** A guest's memory in a volume: the state as QEMU wrote it, and beside it what it needs. */
export interface MemoryFiles {
  readonly directory: string;
  /** There only when it is whole. */
  readonly state: string;
  /** What QEMU writes to. */
  readonly partial: string;
  readonly description: string;
}

/** How the guest of a clone comes to be another than its source's, which it takes itself for. */
export const Renewal = z.object({ formerMacs: z.record(z.string(), z.string()), hostname: z.string() });
export type Renewal = z.infer<typeof Renewal>;

/** What lies beside a state. */
const DescribedMemory = SavedMemory.extend({
  clone: z.object({ memoryOffset: z.int(), renewal: Renewal.optional() }).optional(),
});
export type DescribedMemory = z.infer<typeof DescribedMemory>;

/** The memory that the next start goes on from; no other start may, so it goes before the guest takes its first step. */
export const RESUME = 'resume';

export function memoryFiles(directory: string, name: string): MemoryFiles {
  const state = join(directory, `${name}.state`);
  return { directory, state, partial: `${state}.partial`, description: join(directory, `${name}.json`) };
}

export const snapshotMemory = (directory: string, id: string): MemoryFiles =>
  memoryFiles(directory, memoryName(id));

/** Memory that a clone takes away. */
export const passingMemory = (directory: string, id: string): MemoryFiles =>
  memoryFiles(directory, passingMemoryName(id));

/** Where memory may lie. */
export const memoryDirectories = (disks: readonly MachineDisk[]): string[] =>
  disks.flatMap(({ device, volume, empty }) =>
    device === 'disk' && volume.type === 'filesystem' && !empty ? [volume.directory] : [],
  );

/** The disk in whose volume memory is kept: the first that has files. */
export function memoryDisk(
  disks: readonly MachineDisk[],
): { readonly name: string; readonly directory: string } | undefined {
  const [directory] = memoryDirectories(disks);
  const disk = disks.find(({ volume }) => volume.type === 'filesystem' && volume.directory === directory);
  return disk && directory !== undefined ? { name: disk.name, directory } : undefined;
}

/** Where a machine has no such disk. */
export const noVolume = {
  reason: 'NoVolumeForMemory',
  message: 'Memory is kept in a file beside a disk, and the machine has no disk on a filesystem volume.',
};

/** Bytes that the state takes in its volume: of memory that the guest never used it holds nothing. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).blocks * 512;
}

/** What it needs first: a state that is there can be told of. */
export async function commitMemory(
  files: MemoryFiles,
  machine: Omit<DescribedMemory, 'file' | 'bytes'>,
): Promise<DescribedMemory> {
  const saved = { ...machine, file: basename(files.state), bytes: await sizeOf(files.partial) };
  await writeFileDurably(files.description, JSON.stringify(saved));
  await commitFile(files.partial, files.state);
  return saved;
}

/** Undefined where there is none, or none that is whole. */
export async function savedMemory(files: MemoryFiles): Promise<DescribedMemory | undefined> {
  if (!(await exists(files.state))) return undefined;
  return DescribedMemory.parse(JSON.parse(await readFile(files.description, 'utf8')));
}

/** The state first: a description without it says nothing. */
export async function removeMemory({ directory, state, partial, description }: MemoryFiles): Promise<void> {
  const isThere = await exists(state);
  for (const path of [partial, state]) await rm(path, { force: true });
  if (isThere) await syncPath(directory);
  await rm(description, { force: true });
}

/** What a clone was to take away that came to nothing, but for what belongs to `kept`. */
export async function forgetPassingMemory(directory: string, kept?: MemoryFiles): Promise<void> {
  const prefix = passingMemoryName('');
  const names = (await readdir(directory)).filter((name) => name.startsWith(prefix));
  for (const name of new Set(names.map((file) => file.split('.', 1)[0] ?? file))) {
    const files = memoryFiles(directory, name);
    if (files.state !== kept?.state) await removeMemory(files);
  }
}

export async function forgetPassingMemories(disks: readonly MachineDisk[]): Promise<void> {
  for (const directory of memoryDirectories(disks)) await forgetPassingMemory(directory);
}

/** What a start would go on from, and what was not finished. */
export async function forgetMemory(disks: readonly MachineDisk[]): Promise<void> {
  for (const directory of memoryDirectories(disks)) await removeMemory(memoryFiles(directory, RESUME));
}

/** Keeps what a start would go on from with the layers of an id, too. */
export async function keepMemory(disks: readonly MachineDisk[], id: string): Promise<void> {
  for (const directory of memoryDirectories(disks)) {
    const files = memoryFiles(directory, RESUME);
    if (await savedMemory(files)) await linkMemory(files, snapshotMemory(directory, id));
  }
}

/** Whether another guest, or this one, may go on from it as well. A suspension's was never called anything else. */
export const isCopied = ({ clone, file }: DescribedMemory): boolean =>
  clone !== undefined || file !== basename(memoryFiles('', RESUME).state);

/** Gives memory a second name under which a start finds it. */
export async function linkMemory(from: MemoryFiles, to: MemoryFiles): Promise<void> {
  await removeMemory(to);
  await link(from.description, to.description);
  await link(from.state, to.state);
  await syncPath(to.directory);
}
