import type { ControllerMetrics } from '@hypersdk/kube';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Caches } from './caches.ts';

export interface Metrics extends Required<ControllerMetrics> {
  readonly registry: Registry;
}

export function openMetrics(caches: Caches): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
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
  registry.registerMetric(machineGauge(caches));
  return {
    registry,
    reconciled: (controller, outcome, milliseconds) => {
      total.inc({ controller, outcome });
      seconds.observe({ controller }, milliseconds / 1000);
    },
  };
}

function machineGauge(caches: Caches): Gauge {
  return new Gauge({
    name: 'hypersdk_vms',
    help: 'VirtualMachines by phase and node.',
    labelNames: ['phase', 'node'],
    registers: [],
    collect() {
      this.reset();
      for (const { status } of caches.virtualMachines.list()) {
        this.inc({ phase: status?.phase ?? 'Pending', node: status?.nodeName ?? '' });
      }
    },
  });
}
