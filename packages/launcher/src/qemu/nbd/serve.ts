/** Runs the server of disks that no QEMU has open. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { NBD_PORT } from '@hypersdk/api/machine';
import { readCertificates } from '../../http/certificates.ts';
import { exists } from '../../files/exists.ts';
import type { Paths } from '../../pod/paths.ts';
import { writeCredentials } from './credentials.ts';
import { STORAGE_DAEMON, storageDaemonArguments, type ServedNode } from './storage-daemon.ts';

export interface Served {
  readonly nodes: readonly ServedNode[];
  /** Common name of the only certificate that is let in. */
  readonly client: string;
}

export interface Serving {
  readonly paths: Pick<Paths, 'config' | 'runtime'>;
  readonly signal: AbortSignal;
  /** Clients may connect. */
  readonly onServing: () => void;
}

/** There once the disks are served; the pod's startup probe looks for it. */
const SERVED_FILE = 'served.pid';

/** Runs until the daemon ends, by SIGTERM when we are told to: it closes the images then. Resolves with how it ended. */
export async function serve(served: Served, serving: Serving): Promise<string> {
  const { config, runtime } = serving.paths;
  const credentials = join(runtime, 'tls');
  await mkdir(credentials, { recursive: true });
  await writeCredentials(credentials, { certificates: await readCertificates(config), endpoint: 'server' });
  const pidFile = join(runtime, SERVED_FILE);
  const port = Number(process.env['HYPERSDK_NBD_PORT'] ?? NBD_PORT);
  return daemon(storageDaemonArguments({ ...served, port, credentials, pidFile }), serving, pidFile);
}

async function daemon(
  args: readonly string[],
  { signal, onServing }: Serving,
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
  void appears(pidFile, gone.signal).then(onServing, () => undefined);
  await closed;
  return `the server ended: ${said.trim() || `${child.exitCode ?? child.signalCode ?? 'unknown'}`}`;
}

async function appears(path: string, signal: AbortSignal): Promise<void> {
  const changes = watch(join(path, '..'), { signal })[Symbol.asyncIterator]();
  while (!(await exists(path))) await changes.next();
}
