/** One term of leadership: what only one replica may do, and what it remembers meanwhile. */
import { keyOf, type Client, type EventRecorder } from '@hypersdk/kube';
import type { Logger } from 'pino';
import { ownObjects, type Caches } from './caches.ts';
import { CarbonReadings } from './carbon/carbon-readings.ts';
import type { Config } from './config.ts';
import { openQueues, runControllers } from './controllers.ts';
import { AuthorityKeeper } from './launchers/authority-keeper.ts';
import { FollowedMachines } from './launchers/followed-machines.ts';
import { Launchers } from './launchers/launchers.ts';
import { rotationTiming } from './launchers/rotation.ts';
import type { Metrics } from './metrics/metrics.ts';
import { PassingNews } from './passing-news.ts';
import type { Queues } from './queues.ts';

export interface Replica {
  readonly client: Client;
  readonly caches: Caches;
  readonly config: Config;
  readonly recorder: EventRecorder;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Hears of the term's queues, for health and metrics. */
  readonly onQueues: (queues: Queues) => void;
}

/** Resolves when the term is over and nothing of it is under way any more. */
export async function lead(replica: Replica, term: AbortSignal): Promise<void> {
  const { client, caches, config, recorder, log, metrics } = replica;
  const add = (key: string): void => queues.get('virtual-machine')?.add(key);
  const onChange = (): void => {
    for (const vm of caches.virtualMachines.list()) add(keyOf(vm));
  };
  const { namespace } = config;
  const authorities = await AuthorityKeeper.open(
    { client, log, namespace, timing: rotationTiming, now: () => new Date(), onChange },
    term,
  );
  const launchers = new Launchers(() => authorities.trust);
  const followed = new FollowedMachines(launchers, add);
  const carbon = new CarbonReadings({ config: config.carbon, onNews: add, signal: term });
  const memory = {
    knownSecrets: new Map<string, Date>(),
    knownBudgets: new Set<string>(),
    passingNews: new PassingNews(),
  };
  const own = ownObjects(client, caches);
  const sources = { caches, config, launchers, followed, carbon };
  const context = { ...sources, client, own, authorities, recorder, metrics, ...memory };
  const queues: Queues = openQueues(context);
  replica.onQueues(queues);
  void authorities.run(term);
  await runControllers(context, queues, { log, metrics, signal: term });
  followed.releaseAll();
}
