import { watch } from 'node:fs/promises';
import type { Server } from 'node:https';
import type { Log } from './log.ts';
import type { Paths } from './paths.ts';
import { startReadiness } from './readiness.ts';
import { machineRoutes } from './routes.ts';
import { portOf, reloadCertificates, startServer } from './server.ts';
import type { StateFeed } from './state-feed.ts';
import type { Supervisor } from './supervisor.ts';

export interface ListenerOptions {
  readonly paths: Paths;
  readonly feed: StateFeed;
  readonly supervisor: Supervisor;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** 0 takes any free port. */
  readonly port: number;
  readonly readinessPort: number;
}

/** Starts the machine API and the readiness port; resolves with the ports in use. */
export async function startListeners(
  options: ListenerOptions,
): Promise<{ port: number; readinessPort: number }> {
  const { paths, feed, supervisor, log, signal } = options;
  const handler = machineRoutes({
    feed,
    spec: () => supervisor.spec,
    replaceSpec: (document) => supervisor.replaceSpec(document),
  });
  const [server, readiness] = await Promise.all([
    startServer({ certificates: paths.config, port: options.port, handler }),
    startReadiness(feed, () => supervisor.spec, options.readinessPort),
  ]);
  void followCertificates(server, paths.config, log, signal);
  return { port: portOf(server), readinessPort: portOf(readiness) };
}

/** Kubelet renews a mounted Secret by exchanging a symlink in its directory. */
async function followCertificates(
  server: Server,
  directory: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const _ of watch(directory, { signal })) await reload(server, directory, log);
  } catch (error) {
    if (!signal.aborted) log.error({ err: error }, 'watching the certificates failed');
  }
}

async function reload(server: Server, directory: string, log: Log): Promise<void> {
  try {
    await reloadCertificates(server, directory);
  } catch (error) {
    log.warn({ err: error }, 'certificates not renewed; the old ones stay in use');
  }
}
