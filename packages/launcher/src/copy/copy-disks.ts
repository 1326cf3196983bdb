import type { CopySpec, CopyState } from '@hypersdk/api/machine';
import { copyDisk, type Copying } from './copy-disk.ts';
import { copyMemory } from './copy-memory.ts';
import { copyFirmware } from './copy-firmware.ts';

export interface CopyOptions extends Pick<Copying, 'images' | 'paths' | 'signal'> {
  readonly report: (state: CopyState) => void;
}

/** What firmware keeps first, which takes no time, and one disk after the other: they come from one storage and go to one. Throws ProblemError or TransientError. */
export async function copyDisks(spec: CopySpec, { report, ...places }: CopyOptions): Promise<CopyState> {
  if (spec.firmware) await copyFirmware(spec.firmware, places.signal);
  const share = 1 / Math.max(spec.disks.length, 1);
  for (const [index, disk] of spec.disks.entries()) {
    const onProgress = (percent: number): void => {
      report({ phase: 'Copying', progress: Math.floor((index * 100 + percent) * share) });
    };
    await copyDisk(disk, spec, { ...places, onProgress });
  }
  if (spec.memory) await copyMemory(spec.memory, places.signal);
  return { phase: 'Ready', progress: 100 };
}
