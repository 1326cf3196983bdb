import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { NBD_PORT, type AttachSpec, type AttachState } from '@hypersdk/api/machine';
import { readCertificates } from '../certificates.ts';
import { exists } from '../exists.ts';
import type { Paths } from '../paths.ts';
import { TransientError } from '../problem.ts';
import { blockNode } from '../qemu/devices/disk.ts';
import { writeCredentials } from '../qemu/nbd/credentials.ts';
import { STORAGE_DAEMON, storageDaemonArguments } from '../qemu/nbd/storage-daemon.ts';
import { preparedDisk } from '../qemu/prepared-disk.ts';

export interface Serving {
  readonly paths: Pick<Paths, 'config' | 'images' | 'runtime'>;
  readonly signal: AbortSignal;
  readonly report: (state: AttachState) => void;
}

/** There once the disk is served; the pod's startup probe looks for it. */
export const SERVED_FILE = 'served.pid';

/** Serves a disk for as long as the pod stands. Only ever ends by throwing ProblemError or TransientError. */
export async function serveDisk({ disk, client }: AttachSpec, serving: Serving): Promise<never> {
  const { paths, signal, report } = serving;
  const onProgress = (progress: number): void => {
    report({ phase: 'Preparing', progress });
  };
  const node = blockNode(await preparedDisk(disk, { images: paths.images, signal, onProgress }));
  const credentials = join(paths.runtime, 'tls');
  await mkdir(credentials, { recursive: true });
  await writeCredentials(credentials, {
    certificates: await readCertificates(paths.config),
    endpoint: 'server',
  });
  const pidFile = join(paths.runtime, SERVED_FILE);
  const port = Number(process.env['HYPERSDK_NBD_PORT'] ?? NBD_PORT);
  const served = { node, exportName: disk.name, writable: disk.device === 'disk', port, credentials, client };
  const ended = await daemon(storageDaemonArguments({ ...served, pidFile }), serving, pidFile);
  throw new TransientError({
    reason: 'ServerEnded',
    message: `Disk ${disk.name}: ${ended}`,
    disk: disk.name,
  });
}

/** Runs until the daemon ends, by SIGTERM when we are told to: it closes the image then. Resolves with how it ended. */
async function daemon(
  args: readonly string[],
  { signal, report }: Serving,
  pidFile: string,
): Promise<string> {
  await rm(pidFile, { force: true });
  const child = spawn(STORAGE_DAEMON, args, {
    stdio: ['ignore', 'inherit', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    said = (said + text).slice(-2000);
  });
  child.on('error', (error) => (said += error.message));
  const gone = new AbortController();
  const closed = once(child, 'close').finally(() => {
    gone.abort();
  });
  void appears(pidFile, gone.signal).then(
    () => {
      report({ phase: 'Serving' });
    },
    () => undefined,
  );
  await closed;
  return `its server ended: ${said.trim() || `${child.exitCode ?? child.signalCode ?? 'unknown'}`}`;
}

async function appears(path: string, signal: AbortSignal): Promise<void> {
  const changes = watch(join(path, '..'), { signal })[Symbol.asyncIterator]();
  while (!(await exists(path))) await changes.next();
}
