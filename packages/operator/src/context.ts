import type { Caches, Own } from './caches.ts';
import type { CarbonReadings } from './carbon/carbon-readings.ts';
import type { Config } from './config.ts';
import type { FollowedMachines } from './launchers/followed-machines.ts';
import type { Launchers } from './launchers/launchers.ts';
import type { AuthorityKeeper } from './launchers/authority-keeper.ts';
import type { Client, EventRecorder } from '@hypersdk/kube';
import type { Metrics } from './metrics/metrics.ts';
import type { PassingNews } from './passing-news.ts';

/** What is observed. */
export interface Sources {
  readonly caches: Caches;
  readonly config: Config;
  readonly carbon: CarbonReadings;
  readonly launchers: Launchers;
  readonly followed: FollowedMachines;
  readonly authorities: Pick<AuthorityKeeper, 'trust' | 'now'>;
  /** When the Secrets of pods were written by this process, by the pod's uid. */
  readonly knownSecrets: Map<string, Date>;
  /** Uids of the pods that this process has made a budget for. */
  readonly knownBudgets: Set<string>;
}

/** What things are done by. */
export interface Effects {
  readonly client: Client;
  readonly launchers: Launchers;
  readonly authorities: Pick<AuthorityKeeper, 'trust' | 'now'>;
  readonly recorder: EventRecorder;
  readonly metrics: Omit<Metrics, 'registry' | 'reconciled'>;
  readonly own: Own;
  readonly knownSecrets: Map<string, Date>;
  readonly knownBudgets: Set<string>;
  readonly passingNews: Pick<PassingNews, 'wait' | 'forget'>;
}

/** What each controller is given. */
export type Context = Sources & Effects;
