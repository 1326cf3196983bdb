import { watch } from 'node:fs/promises';
import type { Server } from 'node:https';
import { identityOf, readCertificates } from './http/certificates.ts';
import type { Log } from './log.ts';
import type { Paths } from './pod/paths.ts';
import { isAdmitted } from './migration/admitted.ts';
import { startReadiness } from './http/readiness.ts';
import { machineRoutes } from './routes.ts';
import { portOf, renewCertificates, type ServerOptions, startServer } from './http/server.ts';
import type { StateFeed } from './http/state-feed.ts';
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
  const { paths, feed, supervisor } = options;
  const certificates = await readCertificates(paths.config);
  supervisor.identify(identityOf(certificates));
  const [server, readiness] = await Promise.all([
    startServer({
      ...{ certificates, port: options.port },
      ...machineApi(options),
    }),
    startReadiness(feed, () => supervisor.spec, options.readinessPort),
  ]);
  void followCertificates(server, options);
  return { port: portOf(server), readinessPort: portOf(readiness) };
}

/** What the machine answers, and whom beside the operator. */
export function machineApi({
  feed,
  supervisor,
}: Pick<ListenerOptions, 'feed' | 'supervisor'>): Pick<ServerOptions, 'handler' | 'admits'> {
  const handler = machineRoutes({
    feed,
    spec: () => supervisor.spec,
    replaceSpec: (document) => supervisor.replaceSpec(document),
    goAhead: (id) => {
      supervisor.goAhead(id);
    },
    untilHandedOver: (caller, signal) => supervisor.untilHandedOver(caller, signal),
    recover: () => supervisor.recover(),
    dirtyRate: () => supervisor.dirtyRate(),
    worksOnLayers: () => supervisor.worksOnLayers(),
  });
  return { handler, admits: (name, { url = '' }) => isAdmitted(supervisor.spec, name, url) };
}

/** Kubelet renews a mounted Secret by exchanging a symlink in its directory. */
async function followCertificates(
  server: Server,
  { paths, supervisor, log, signal }: ListenerOptions,
): Promise<void> {
  const take = async (): Promise<void> => {
    try {
      const certificates = await readCertificates(paths.config);
      renewCertificates(server, certificates);
      supervisor.identify(identityOf(certificates));
    } catch (error) {
      // Read while kubelet wrote, most likely; the exchange that ends its writing is an event too.
      log.warn({ err: error }, 'certificates not renewed; the old ones stay in use');
    }
  };
  try {
    for await (const _ of watch(paths.config, { signal })) await take();
  } catch (error) {
    if (!signal.aborted) log.error({ err: error }, 'watching the certificates failed');
  }
}
