/** The operator: caches, then leadership, then controllers. */
import { Client, EventRecorder, keyOf, runWithLeaderElection, type WorkQueue } from '@hypersdk/kube';
import { fill, informersOf, isFilled, openCaches, ownObjects } from './caches.ts';
import { loadConfig, type Config } from './config.ts';
import { openQueues, runControllers } from './controllers.ts';
import { serveHealth, serveMetrics } from './http-servers.ts';
import { AuthorityKeeper } from './launchers/authority-keeper.ts';
import { OPERATOR_NAME } from './launchers/authority.ts';
import { FollowedMachines } from './launchers/followed-machines.ts';
import { Launchers } from './launchers/launchers.ts';
import { rotationTiming } from './launchers/rotation.ts';
import { isAlive } from './liveness.ts';
import { openLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { PassingNews } from './passing-news.ts';

async function main(config: Config, signal: AbortSignal): Promise<void> {
  const log = openLog(config.logLevel);
  const client = await Client.load({ userAgent: 'hypersdk-operator' });
  const caches = openCaches(client, log);
  let running: ReadonlyMap<string, WorkQueue> = new Map();
  const metrics = openMetrics(caches, () => running);
  const health = {
    isAlive: () =>
      isAlive({ queues: running.values(), watches: informersOf(caches).map(({ stats }) => stats) }),
    isReady: () => isFilled(caches),
  };
  serveHealth(config.healthPort, health);
  serveMetrics(config.metricsPort, metrics.registry);
  const recorder = new EventRecorder({ client, component: OPERATOR_NAME, instance: config.podName, log });
  const lead = async (term: AbortSignal): Promise<void> => {
    const authorities = await AuthorityKeeper.open(
      {
        ...{ client, log, namespace: config.namespace, timing: rotationTiming },
        now: () => new Date(),
        onChange: () => {
          for (const vm of caches.virtualMachines.list()) queues.get('virtual-machine')?.add(keyOf(vm));
        },
      },
      term,
    );
    const launchers = new Launchers(() => authorities.trust);
    const followed: FollowedMachines = new FollowedMachines(launchers, (key) =>
      queues.get('virtual-machine')?.add(key),
    );
    const own = ownObjects(client, caches);
    const knownSecrets = new Map<string, Date>();
    const passingNews = new PassingNews();
    const context = {
      client,
      caches,
      own,
      config,
      launchers,
      followed,
      authorities,
      recorder,
      knownSecrets,
      passingNews,
    };
    const queues = openQueues(context);
    running = queues;
    void authorities.run(term);
    await runControllers(context, queues, { log, metrics, signal: term });
    followed.releaseAll();
  };
  await fill(caches, signal);
  log.info({ namespace: config.namespace }, 'caches are filled');
  const election = {
    client,
    namespace: config.namespace,
    name: 'hypersdk-operator',
    identity: config.podName,
    signal,
    lead,
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
