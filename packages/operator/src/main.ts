/** The operator: caches, then leadership, then controllers. */
import { Client, EventRecorder, runWithLeaderElection } from '@hypersdk/kube';
import { fill, informersOf, isFilled, openCaches } from './caches.ts';
import { loadConfig, type Config } from './config.ts';
import { serveHealth, serveMetrics } from './http-servers.ts';
import { OPERATOR_NAME } from './launchers/authority.ts';
import { lead } from './lead.ts';
import { isAlive } from './liveness.ts';
import { openLog } from './log.ts';
import { openMetrics } from './metrics/metrics.ts';
import type { Queues } from './queues.ts';

async function main(config: Config, signal: AbortSignal): Promise<void> {
  const log = openLog(config.logLevel);
  const client = await Client.load({ userAgent: 'hypersdk-operator' });
  const caches = openCaches(client, log);
  let running: Queues = new Map();
  const metrics = openMetrics(caches, () => running);
  const health = {
    isAlive: () =>
      isAlive({ queues: running.values(), watches: informersOf(caches).map(({ stats }) => stats) }),
    isReady: () => isFilled(caches),
  };
  serveHealth(config.healthPort, health);
  serveMetrics(config.metricsPort, metrics.registry);
  const recorder = new EventRecorder({ client, component: OPERATOR_NAME, instance: config.podName, log });
  const onQueues = (queues: Queues): void => {
    running = queues;
  };
  await fill(caches, signal);
  log.info({ namespace: config.namespace }, 'caches are filled');
  const election = {
    client,
    namespace: config.namespace,
    name: 'hypersdk-operator',
    identity: config.podName,
    signal,
    lead: (term: AbortSignal) => lead({ client, caches, config, recorder, log, metrics, onQueues }, term),
    log,
  };
  await runWithLeaderElection(election);
  await recorder.flush();
}

const shutdown = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    shutdown.abort(new Error(`received ${name}`));
  });
}
await main(loadConfig(process.env), shutdown.signal);
process.exit(0);
