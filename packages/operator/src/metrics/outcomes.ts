/** What is counted and measured as it ends. */
import type { Operation } from '@hypersdk/api';
import { Counter, Histogram, type Registry } from 'prom-client';

export type Outcome = 'succeeded' | 'failed';
/** What came of a change of spec under a running guest. */
export type Reconfigured = 'succeeded' | 'power_cycle_needed';
export type OperationOutcome = Outcome | 'cancelled';
export type SnapshotAction = 'create' | 'delete' | 'restore';

/** Of what never began there is no time to tell: then milliseconds are left out. */
export interface Outcomes {
  readonly operationEnded: (operation: Operation, outcome: OperationOutcome, milliseconds: number) => void;
  readonly reconfigured: (outcome: Reconfigured) => void;
  readonly cloned: (linked: boolean, outcome: Outcome) => void;
  readonly imagePrepared: (outcome: Outcome, milliseconds?: number) => void;
  readonly snapshotted: (action: SnapshotAction, outcome: Outcome, milliseconds?: number) => void;
  /** For how long a guest stood still for its snapshot. */
  readonly paused: (milliseconds: number) => void;
}

export const outcomes = (registry: Registry): Outcomes => ({
  ...snapshotMeasures(registry),
  ...imageMeasures(registry),
  ...operationMeasures(registry),
  cloned: clonesCounted(registry),
});

/** Minutes of a copy, and the instant of a pause. */
const WORK_SECONDS = [0.25, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
const PAUSE_SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10];

function snapshotMeasures(registry: Registry): Pick<Outcomes, 'snapshotted' | 'paused'> {
  const total = new Counter({
    name: 'hypersdk_vm_snapshot_total',
    help: 'Snapshots of VMs that were made, deleted or gone back to, by action and outcome.',
    labelNames: ['action', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'hypersdk_vm_snapshot_duration_seconds',
    help: 'Duration of making, deleting and going back to snapshots of VMs, by action and outcome.',
    labelNames: ['action', 'outcome'],
    buckets: WORK_SECONDS,
    registers: [registry],
  });
  const pauses = new Histogram({
    name: 'hypersdk_vm_snapshot_pause_seconds',
    help: 'How long running guests stood still for their snapshots.',
    buckets: PAUSE_SECONDS,
    registers: [registry],
  });
  return {
    snapshotted: (action, outcome, milliseconds) => {
      total.inc({ action, outcome });
      if (milliseconds !== undefined) seconds.observe({ action, outcome }, milliseconds / 1000);
    },
    paused: (milliseconds) => {
      pauses.observe(milliseconds / 1000);
    },
  };
}

function imageMeasures(registry: Registry): Pick<Outcomes, 'imagePrepared'> {
  const total = new Counter({
    name: 'hypersdk_vm_image_prepare_total',
    help: 'Attempts to import an image, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'hypersdk_vm_image_prepare_duration_seconds',
    help: 'Duration of attempts to import an image, by outcome.',
    labelNames: ['outcome'],
    buckets: WORK_SECONDS,
    registers: [registry],
  });
  return {
    imagePrepared: (outcome, milliseconds) => {
      total.inc({ outcome });
      if (milliseconds !== undefined) seconds.observe({ outcome }, milliseconds / 1000);
    },
  };
}

function clonesCounted(registry: Registry): Outcomes['cloned'] {
  const total = new Counter({
    name: 'hypersdk_vm_clone_total',
    help: 'Clones of VMs by whether they were to be linked, and outcome.',
    labelNames: ['linked', 'outcome'],
    registers: [registry],
  });
  return (linked, outcome) => {
    total.inc({ linked: String(linked), outcome });
  };
}

function operationMeasures(registry: Registry): Pick<Outcomes, 'operationEnded' | 'reconfigured'> {
  const seconds = new Histogram({
    name: 'hypersdk_vm_operation_duration_seconds',
    help: 'VMOperations that were begun and have ended, by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    buckets: WORK_SECONDS,
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
