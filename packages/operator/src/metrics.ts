import type { Operation } from '@hypersdk/api';
import type { ControllerMetrics } from '@hypersdk/kube';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { informersOf, type Caches } from './caches.ts';
import type { Queues } from './controllers.ts';

export type Outcome = 'succeeded' | 'failed';
/** What came of a change of spec under a running guest. */
export type Reconfigured = 'succeeded' | 'power_cycle_needed';
export type OperationOutcome = Outcome | 'cancelled';
export type SnapshotAction = 'create' | 'delete' | 'restore';

export interface Metrics extends Required<ControllerMetrics> {
  readonly registry: Registry;
  readonly operationEnded: (operation: Operation, outcome: OperationOutcome, milliseconds: number) => void;
  readonly reconfigured: (outcome: Reconfigured) => void;
  readonly cloned: (linked: boolean, outcome: Outcome) => void;
  readonly imagePrepared: (outcome: Outcome) => void;
  readonly snapshotted: (action: SnapshotAction, outcome: Outcome) => void;
}

/** Names and labels are promises; `docs/reference/metrics.md` lists them. No label takes more values than there are nodes. */
export function openMetrics(caches: Caches, queues: () => Queues): Metrics {
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
  const gauges = [
    machineGauge(caches),
    depthGauge(queues),
    leaderGauge(queues),
    phaseGauge('hypersdk_vm_templates', 'VMTemplates by phase of their image.', () =>
      caches.templates.list(),
    ),
    phaseGauge('hypersdk_vm_images', 'VMImages by phase.', () => caches.vmImages.list()),
  ];
  for (const gauge of [...gauges, watchFailures(caches)]) registry.registerMetric(gauge);
  return {
    registry,
    ...outcomeCounters(registry),
    ...operationMeasures(registry),
    reconciled: (controller, outcome, milliseconds) => {
      total.inc({ controller, outcome });
      seconds.observe({ controller }, milliseconds / 1000);
    },
  };
}

/** What is counted as it ends. */
function outcomeCounters(registry: Registry): Pick<Metrics, 'cloned' | 'snapshotted' | 'imagePrepared'> {
  const clones = new Counter({
    name: 'hypersdk_vm_clone_total',
    help: 'Clones of VMs by whether they were to be linked, and outcome.',
    labelNames: ['linked', 'outcome'],
    registers: [registry],
  });
  const snapshots = new Counter({
    name: 'hypersdk_vm_snapshot_total',
    help: 'Snapshots of VMs that were made, deleted or gone back to, by action and outcome.',
    labelNames: ['action', 'outcome'],
    registers: [registry],
  });
  const images = new Counter({
    name: 'hypersdk_vm_image_prepare_total',
    help: 'Attempts to import an image, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    cloned: (linked, outcome) => {
      clones.inc({ linked: String(linked), outcome });
    },
    snapshotted: (action, outcome) => {
      snapshots.inc({ action, outcome });
    },
    imagePrepared: (outcome) => {
      images.inc({ outcome });
    },
  };
}

/** Minutes of a copy, and the instant of a pause. */
const OPERATION_SECONDS = [0.25, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];

function operationMeasures(registry: Registry): Pick<Metrics, 'operationEnded' | 'reconfigured'> {
  const seconds = new Histogram({
    name: 'hypersdk_vm_operation_duration_seconds',
    help: 'VMOperations that were begun and have ended, by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    buckets: OPERATION_SECONDS,
    registers: [registry],
  });
  const reconfigurations = new Counter({
    name: 'hypersdk_vm_reconfigure_total',
    help: 'Changes of the spec of VMs whose guests run, by what came of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    operationEnded: (operation, outcome, milliseconds) => {
      seconds.observe({ operation, outcome }, milliseconds / 1000);
    },
    reconfigured: (outcome) => {
      reconfigurations.inc({ outcome });
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

function depthGauge(queues: () => Queues): Gauge {
  return new Gauge({
    name: 'hypersdk_queue_depth',
    help: 'Objects that wait for a reconcile, by controller.',
    labelNames: ['controller'],
    registers: [],
    collect() {
      for (const [controller, queue] of queues()) this.set({ controller }, queue.size);
    },
  });
}

function leaderGauge(queues: () => Queues): Gauge {
  return new Gauge({
    name: 'hypersdk_leader',
    help: '1 in the replica that reconciles.',
    registers: [],
    collect() {
      this.set(queues().size > 0 ? 1 : 0);
    },
  });
}

/** How many objects of a kind there are in each phase. */
function phaseGauge(
  name: string,
  help: string,
  list: () => Iterable<{ readonly status?: { readonly phase?: string | undefined } | undefined }>,
): Gauge {
  return new Gauge({
    ...{ name, help },
    labelNames: ['phase'],
    registers: [],
    collect() {
      this.reset();
      for (const { status } of list()) this.inc({ phase: status?.phase ?? 'Pending' });
    },
  });
}

function watchFailures(caches: Caches): Gauge {
  return new Gauge({
    name: 'hypersdk_watch_failures',
    help: 'Watches of the API server that failed since the start, by resource.',
    labelNames: ['resource'],
    registers: [],
    collect() {
      for (const { resource, stats } of informersOf(caches)) {
        this.set({ resource: resource.plural }, stats.failures);
      }
    },
  });
}
