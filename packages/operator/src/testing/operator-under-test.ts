/** The operator's controllers in this process, on a real API server. */
import { EventRecorder, type Client } from '@hypersdk/kube';
import { pino } from 'pino';
import { fill, openCaches, ownObjects } from '../caches.ts';
import { openQueues, runControllers } from '../controllers.ts';
import { issue, OPERATOR_NAME, type KeyPair } from '../launchers/authority.ts';
import { FollowedMachines } from '../launchers/followed-machines.ts';
import { Launchers } from '../launchers/launchers.ts';
import { openMetrics } from '../metrics.ts';
import { config } from './machines.ts';
import { PassingNews } from '../passing-news.ts';

export interface RunningOperator {
  readonly stop: () => Promise<void>;
}

export async function runOperator(client: Client, authority: KeyPair): Promise<RunningOperator> {
  const log = pino({ level: 'silent' });
  const stopping = new AbortController();
  const caches = openCaches(client, log);
  const launchers = new Launchers({
    client: await issue(authority, OPERATOR_NAME),
    authority: authority.certificate,
  });
  const followed: FollowedMachines = new FollowedMachines(launchers, (key) =>
    queues.get('virtual-machine')?.add(key),
  );
  const recorder = new EventRecorder({ client, component: OPERATOR_NAME, instance: 'test', log });
  const own = ownObjects(client, caches);
  const knownSecrets = new Set<string>();
  const passingNews = new PassingNews();
  const context = {
    client,
    caches,
    own,
    config,
    launchers,
    followed,
    authority,
    recorder,
    knownSecrets,
    passingNews,
  };
  const queues = openQueues(context);
  await fill(caches, stopping.signal);
  const options = { log, metrics: openMetrics(caches), signal: stopping.signal };
  const ended = runControllers(context, queues, options);
  const stop = async (): Promise<void> => {
    stopping.abort();
    followed.releaseAll();
    await ended;
  };
  return { stop };
}
