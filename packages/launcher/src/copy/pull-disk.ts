import type { RemoteVolume } from '@hypersdk/api/machine';
import { readCertificates } from '../http/certificates.ts';
import type { Paths } from '../pod/paths.ts';
import { pullImage } from '../qemu/disks/disk-image.ts';
import { pullFailure } from '../qemu/disks/image-failure.ts';
import { remoteImage } from '../qemu/nbd/client-node.ts';
import { withCredentials } from '../qemu/nbd/credentials.ts';
import type { Making } from '../qemu/disks/making.ts';

export interface Pulling extends Making {
  readonly paths: Pick<Paths, 'config' | 'runtime'>;
}

export interface PullTarget {
  readonly path: string;
  readonly type: 'file' | 'device';
}

/** Copies what another pod serves under the disk's name. Throws ProblemError or TransientError. */
export async function pullDisk(
  disk: string,
  { host, port, server }: RemoteVolume,
  target: PullTarget,
  { paths, signal, onProgress }: Pulling,
): Promise<void> {
  const certificates = await readCertificates(paths.config);
  const address = { type: 'inet', host, port } as const;
  // Whoever serves it next has another address: there is nothing to wait for.
  const remote = { address, exportName: disk, server, credentials: 'pull', reconnectDelay: 0 };
  try {
    await withCredentials(paths.runtime, { certificates, endpoint: 'client' }, (directory) =>
      pullImage(remoteImage(remote, directory), { to: target.path, signal, onProgress }, target.type),
    );
  } catch (error) {
    throw signal.aborted ? error : pullFailure(disk, error);
  }
}
