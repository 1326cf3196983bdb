import type { CopySpec, CopyState } from '@hypersdk/api/machine';
import { copyDisk } from './copy-disk.ts';

export interface CopyOptions {
  readonly images: string;
  readonly signal: AbortSignal;
  readonly report: (state: CopyState) => void;
}

/** One disk after the other: they come from one storage and go to one. Throws ProblemError or TransientError. */
export async function copyDisks(spec: CopySpec, { images, signal, report }: CopyOptions): Promise<CopyState> {
  const share = 1 / Math.max(spec.disks.length, 1);
  for (const [index, disk] of spec.disks.entries()) {
    const onProgress = (percent: number): void => {
      report({ phase: 'Copying', progress: Math.floor((index * 100 + percent) * share) });
    };
    await copyDisk(disk, spec, { images, signal, onProgress });
  }
  return { phase: 'Ready', progress: 100 };
}
