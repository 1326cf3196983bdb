import type { AttachSpec, AttachState } from '@hypersdk/api/machine';
import type { Paths } from '../pod/paths.ts';
import { TransientError } from '../problem.ts';
import { blockNode } from '../qemu/devices/disk.ts';
import { serve } from '../qemu/nbd/serve.ts';
import { preparedDisk } from '../qemu/disks/prepared-disk.ts';

export interface Serving {
  readonly paths: Pick<Paths, 'config' | 'images' | 'runtime'>;
  readonly signal: AbortSignal;
  readonly report: (state: AttachState) => void;
}

/** Serves a disk for as long as the pod stands. Only ever ends by throwing ProblemError or TransientError. */
export async function serveDisk(
  { disk, client, exportName = disk.name }: AttachSpec,
  serving: Serving,
): Promise<never> {
  const { paths, signal, report } = serving;
  const onProgress = (progress: number): void => {
    report({ phase: 'Preparing', progress });
  };
  const onServing = (): void => {
    report({ phase: 'Serving' });
  };
  const node = blockNode(await preparedDisk(disk, { images: paths.images, signal, onProgress }));
  const nodes = [{ node, exportName, writable: disk.device === 'disk' }];
  const ended = await serve({ nodes, client }, { paths, signal, onServing });
  const message = `Disk ${disk.name}: ${ended}`;
  throw new TransientError({ reason: 'ServerEnded', message, disk: disk.name });
}
