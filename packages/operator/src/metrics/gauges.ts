/** What there is now, looked at when it is asked for. */
import { findCondition } from '@hypersdk/api';
import { Gauge } from 'prom-client';
import { informersOf, type Caches } from '../caches.ts';
import type { Queues } from '../queues.ts';

export function gauges(caches: Caches, queues: () => Queues): Gauge[] {
  return [
    machineGauge(caches),
    drainGauge(caches),
    depthGauge(queues),
    leaderGauge(queues),
    phaseGauge('hypersdk_vm_templates', 'VMTemplates by phase of their image.', () =>
      caches.templates.list(),
    ),
    phaseGauge('hypersdk_vm_images', 'VMImages by phase.', () => caches.vmImages.list()),
    watchFailures(caches),
  ];
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

/** What holds up the drains of nodes, and how far they are. */
function drainGauge(caches: Caches): Gauge {
  return new Gauge({
    name: 'hypersdk_vms_draining',
    help: 'VirtualMachines on nodes that are being drained, by node and the reason of their condition Draining.',
    labelNames: ['node', 'reason'],
    registers: [],
    collect() {
      this.reset();
      for (const { status } of caches.virtualMachines.list()) {
        const draining = findCondition(status?.conditions, 'Draining');
        if (draining?.status !== 'True') continue;
        this.inc({ node: status?.nodeName ?? '', reason: draining.reason });
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
