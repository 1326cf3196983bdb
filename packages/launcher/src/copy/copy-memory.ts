import { basename } from 'node:path';
import { clonedShape, type CopyMemory, macsOf } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { freeBytes } from '../qemu/disks/free-bytes.ts';
import { copyState } from '../qemu/migration/copy-state.ts';
import {
  commitMemory,
  type MemoryFiles,
  memoryFiles,
  removeMemory,
  RESUME,
  savedMemory,
} from '../qemu/migration/memory-files.ts';

/** Gives a clone the memory that its first start goes on from; what an earlier attempt has finished is left as it is. */
export async function copyMemory(memory: CopyMemory, signal: AbortSignal): Promise<void> {
  const { from, to, isMoved } = memory;
  const source = memoryFiles(from.directory, basename(from.file, '.state'));
  const target = memoryFiles(to.directory, RESUME);
  if (!(await savedMemory(target))) await makeCopy(memory, source, target, signal);
  if (isMoved) await removeMemory(source);
}

async function makeCopy(
  { uuid, macs, hostname, to }: CopyMemory,
  source: MemoryFiles,
  target: MemoryFiles,
  signal: AbortSignal,
): Promise<void> {
  const saved = await savedMemory(source);
  if (!saved) throw problem('MemoryMissing', 'The volume of the source does not hold the memory any more.');
  const free = await freeBytes(target.directory);
  if (free < saved.bytes) {
    const message = `Disk ${to.disk}: the memory takes ${saved.bytes} bytes and its volume has ${free} free; give the disk a larger size.`;
    throw problem('NoSpace', message);
  }
  const { memoryOffset } = await copyState(source.state, target.partial, signal);
  await commitMemory(target, {
    ...{ ...saved, disk: to.disk, shape: clonedShape(saved.shape, { uuid, macs }) },
    clone: {
      memoryOffset,
      ...(hostname !== undefined && { renewal: { formerMacs: macsOf(saved.shape), hostname } }),
    },
  });
}

const problem = (reason: string, message: string): ProblemError => new ProblemError({ reason, message });
