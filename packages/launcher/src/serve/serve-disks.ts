import type { AttachState, ServeSpec } from '@hypersdk/api/machine';
import { sourceFile, type SourceDisk } from '../copy/source-disk.ts';
import type { Paths } from '../pod/paths.ts';
import { TransientError } from '../problem.ts';
import { blockNode } from '../qemu/devices/disk.ts';
import { existingDisk, trustedChain } from '../qemu/disks/disk.ts';
import { diskFailure } from '../qemu/disks/image-failure.ts';
import { serve } from '../qemu/nbd/serve.ts';
import type { ServedNode } from '../qemu/nbd/storage-daemon.ts';

export interface Serving {
  readonly paths: Pick<Paths, 'config' | 'images' | 'runtime'>;
  readonly signal: AbortSignal;
  readonly report: (state: AttachState) => void;
}

/** Only ever ends by throwing ProblemError or TransientError. */
export async function serveDisks(spec: ServeSpec, serving: Serving): Promise<never> {
  const { paths, signal, report } = serving;
  const nodes: ServedNode[] = [];
  for (const disk of spec.disks) nodes.push(await servedNode(disk, spec, serving));
  const onServing = (): void => {
    report({ phase: 'Serving' });
  };
  const message = await serve({ nodes, client: spec.client }, { paths, signal, onServing });
  throw new TransientError({ reason: 'ServerEnded', message });
}

async function servedNode(
  source: SourceDisk,
  spec: ServeSpec,
  { paths, signal }: Serving,
): Promise<ServedNode> {
  const { name, from } = source;
  try {
    const chain = await trustedChain(
      existingDisk(name, from),
      sourceFile(source, spec),
      paths.images,
      signal,
    );
    // Opened as a medium is: nobody writes it.
    const node = blockNode({ name, device: 'cdrom', layers: chain.layers, directIo: false });
    return { node, exportName: name, writable: false };
  } catch (error) {
    throw signal.aborted ? error : diskFailure(name, error);
  }
}
