/** The operator's controllers in this process, on a real API server. */
import { EventRecorder, keyOf, type Client } from '@hypersdk/kube';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { CarbonReadings } from '../carbon/carbon-readings.ts';
import { fill, openCaches, ownObjects } from '../caches.ts';
import { openQueues, runControllers } from '../controllers.ts';
import type { AuthorityKeeper } from '../launchers/authority-keeper.ts';
import { OPERATOR_NAME } from '../launchers/authority.ts';
import { FollowedMachines } from '../launchers/followed-machines.ts';
import { Launchers } from '../launchers/launchers.ts';
import { openMetrics } from '../metrics/metrics.ts';
import { config } from './machines.ts';
import { PassingNews } from '../passing-news.ts';
import type { Context } from '../context.ts';
import type { Queues } from '../queues.ts';

export type OperatorOptions = Partial<Pick<Context, 'passingNews'>>;

export interface RunningOperator {
  readonly stop: () => Promise<void>;
  /** As after a change of the authorities. */
  readonly lookAtAll: () => void;
}

export async function runOperator(
  client: Client,
  authorities: AuthorityKeeper,
  { passingNews = new PassingNews() }: OperatorOptions = {},
): Promise<RunningOperator> {
  const log = pino({ level: 'silent' });
  const stopping = new AbortController();
  const caches = openCaches(client, log);
  const launchers = new Launchers(() => authorities.trust);
  const look = (key: string): void => queues.get('virtual-machine')?.add(key);
  const followed = new FollowedMachines(launchers, look);
  const carbon = new CarbonReadings({ config: config.carbon, onNews: look, signal: stopping.signal });
  const recorder = new EventRecorder({ client, component: OPERATOR_NAME, instance: 'test', log });
  const own = ownObjects(client, caches);
  const knownSecrets = new Map<string, Date>();
  const memory = { knownSecrets, knownBudgets: new Set<string>(), passingNews };
  const sources = { caches, config, launchers, followed, carbon };
  const metrics = openMetrics(caches, () => queues);
  const context = { ...sources, client, own, authorities, recorder, metrics, ...memory };
  const queues: Queues = openQueues(context);
  await fill(caches, stopping.signal);
  const options = { log, metrics, signal: stopping.signal };
  const ended = runControllers(context, queues, options);
  const stop = async (): Promise<void> => {
    stopping.abort();
    followed.releaseAll();
    await ended;
  };
  const lookAtAll = (): void => {
    for (const vm of caches.virtualMachines.list()) queues.get('virtual-machine')?.add(keyOf(vm));
  };
  return { stop, lookAtAll };
}

/** It stops with the test. */
export async function runUntilEnd(
  t: TestContext,
  client: Client,
  authorities: AuthorityKeeper,
  options?: OperatorOptions,
): Promise<RunningOperator> {
  const operator = await runOperator(client, authorities, options);
  t.after(() => operator.stop());
  return operator;
}
