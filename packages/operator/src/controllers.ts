/** The operator's controllers, each with a queue of its own: trouble with one kind does not delay another. */
import { ApiError, ConflictError, runController, WorkQueue, type Result } from '@hypersdk/kube';
import type { Logger } from 'pino';
import { enqueueDrains, reconcileDrains } from './drain/controller.ts';
import { enqueueImages, reconcileImage } from './image/controller.ts';
import type { Metrics } from './metrics/metrics.ts';
import { enqueueVirtualMachines, reconcileVirtualMachine } from './virtual-machine/controller.ts';
import { enqueueVmClones, reconcileVmClone } from './vm-clone/controller.ts';
import { enqueueVmImages, reconcileVmImage } from './vm-image/controller.ts';
import { enqueueOperations, reconcileOperation } from './vm-operation/controller.ts';
import { enqueueSnapshots, reconcileSnapshot } from './vm-snapshot/controller.ts';
import { enqueueSchedules, reconcileSchedule } from './vm-snapshot-schedule/controller.ts';
import { enqueueTemplates, reconcileTemplate } from './vm-template/controller.ts';
import type { Context } from './context.ts';
import type { Queues } from './queues.ts';

interface Controller {
  readonly name: string;
  readonly concurrency: number;
  readonly enqueue: (context: Context, queue: WorkQueue) => void;
  readonly reconcile: (context: Context, key: string, signal: AbortSignal) => Promise<Result>;
}

const controllers: readonly Controller[] = [
  {
    name: 'virtual-machine',
    concurrency: 32,
    enqueue: enqueueVirtualMachines,
    reconcile: reconcileVirtualMachine,
  },
  { name: 'vm-operation', concurrency: 8, enqueue: enqueueOperations, reconcile: reconcileOperation },
  // Nobody else counts what runs.
  { name: 'drain', concurrency: 1, enqueue: enqueueDrains, reconcile: reconcileDrains },
  { name: 'vm-clone', concurrency: 4, enqueue: enqueueVmClones, reconcile: reconcileVmClone },
  { name: 'image', concurrency: 8, enqueue: enqueueImages, reconcile: reconcileImage },
  { name: 'vm-image', concurrency: 8, enqueue: enqueueVmImages, reconcile: reconcileVmImage },
  { name: 'vm-template', concurrency: 8, enqueue: enqueueTemplates, reconcile: reconcileTemplate },
  { name: 'vm-snapshot', concurrency: 4, enqueue: enqueueSnapshots, reconcile: reconcileSnapshot },
  {
    name: 'vm-snapshot-schedule',
    concurrency: 2,
    enqueue: enqueueSchedules,
    reconcile: reconcileSchedule,
  },
];

/** The queues exist before the caches are filled, so that no event is missed. */
export function openQueues(context: Context): Queues {
  return new Map(
    controllers.map(({ name, enqueue }) => {
      const queue = new WorkQueue();
      enqueue(context, queue);
      return [name, queue];
    }),
  );
}

export async function runControllers(
  context: Context,
  queues: Queues,
  { log, metrics, signal }: { log: Logger; metrics: Metrics; signal: AbortSignal },
): Promise<void> {
  const running = controllers.map(({ name, concurrency, reconcile }) => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`controller ${name} has no queue`);
    return runController({
      name,
      queue,
      concurrency,
      reconcile: (key, reconcileSignal) => unlessTerminating(reconcile(context, key, reconcileSignal)),
      onError: (error, key) => {
        // Somebody else wrote first: routine, and the next try starts from what they wrote.
        const level = error instanceof ConflictError ? 'debug' : 'warn';
        log[level]({ controller: name, key, error }, 'reconcile failed, it is tried again');
      },
      signal,
      metrics,
    });
  });
  await Promise.all(running);
}

/** Nothing can be made in a namespace that goes away; the object goes too, and its own event says when. */
async function unlessTerminating(reconcile: Promise<Result>): Promise<Result> {
  try {
    return await reconcile;
  } catch (error) {
    const causes = error instanceof ApiError ? (error.details.causes ?? []) : [];
    if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) return {};
    throw error;
  }
}
