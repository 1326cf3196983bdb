import type { ControllerMetrics } from '@hypersdk/kube';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Caches } from '../caches.ts';
import { gauges } from './gauges.ts';
import { outcomes, type Outcomes } from './outcomes.ts';
import type { Queues } from '../queues.ts';

export interface Metrics extends Required<ControllerMetrics>, Outcomes {
  readonly registry: Registry;
}

/** Names and labels are promises; `docs/reference/metrics.md` lists them. No label takes more values than there are nodes. */
export function openMetrics(caches: Caches, queues: () => Queues): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const gauge of gauges(caches, queues)) registry.registerMetric(gauge);
  return { registry, ...outcomes(registry), reconciled: reconciles(registry) };
}

function reconciles(registry: Registry): Metrics['reconciled'] {
  const total = new Counter({
    name: 'hypersdk_reconcile_total',
    help: 'Reconciles by controller and outcome.',
    labelNames: ['controller', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'hypersdk_reconcile_duration_seconds',
    help: 'Duration of reconciles by controller.',
    labelNames: ['controller'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  return (controller, outcome, milliseconds) => {
    total.inc({ controller, outcome });
    seconds.observe({ controller }, milliseconds / 1000);
  };
}
