/** How nodes are emptied of VMs, as the chart's value `drain` says it. */
import { Duration } from '@hypersdk/api';
import * as z from 'zod';

export const EvictionStrategy = z.enum(['LiveMigrate', 'Shutdown', 'None']);

const Values = z.object({
  evictionStrategy: EvictionStrategy.default('LiveMigrate'),
  parallel: z.int().min(1).default(5),
  parallelPerNode: z.int().min(1).default(2),
  timeout: Duration.default('6h'),
  taints: z.array(z.string()).default([]),
});

export type EvictionStrategy = z.infer<typeof EvictionStrategy>;

export interface DrainConfig {
  /** Of VMs that say nothing. */
  readonly evictionStrategy: EvictionStrategy;
  /** Migrations for drains at one time, in the whole cluster and from one node. */
  readonly parallel: number;
  readonly parallelPerNode: number;
  /** Of one migration. */
  readonly timeout: string;
  /** Keys of taints that say that a node is being drained, beside its being cordoned. */
  readonly taints: readonly string[];
}

/** `json` is the chart's value. Throws on a bad one. */
export function drainConfig(json: string): DrainConfig {
  return Values.parse(JSON.parse(json));
}
