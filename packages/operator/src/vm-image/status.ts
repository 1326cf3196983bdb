import {
  findCondition,
  formatBytes,
  setCondition,
  type ConditionUpdate,
  type VMImage,
  type VMImageStatus,
} from '@hypersdk/api';
import { inUse } from './in-use.ts';
import type { ObservedVmImage } from './observed.ts';
import type { VmImagePlan } from './plan.ts';

/** What a plan found of a VMImage. */
export interface Told {
  readonly phase: NonNullable<VMImageStatus['phase']>;
  readonly reason: string;
  readonly message: string;
  readonly isStalled?: boolean;
  readonly progress?: number | undefined;
  readonly attempts?: number;
  /** Size in bytes as a guest sees it, time as RFC 3339. */
  readonly imported?: {
    readonly claim: string;
    readonly virtualSize: number;
    readonly time: string;
    readonly checksum?: string | undefined;
  };
}

export function vmImageStatus(observed: ObservedVmImage, told: Told, now: Date): VMImageStatus {
  const { vmImage, users } = observed;
  const before = vmImage.status ?? {};
  const { imported } = told;
  return {
    ...before,
    observedGeneration: vmImage.metadata.generation,
    phase: told.phase,
    progress: progressOf(told, before),
    attempts: told.attempts ?? before.attempts,
    usageCount: users.length,
    conditions: conditions(observed, told, now),
    ...(imported && {
      virtualSize: formatBytes(imported.virtualSize),
      lastUpdated: imported.time,
      pvc: imported.claim,
      checksum: imported.checksum,
    }),
  };
}

/** A moment in which the importer does not answer takes nothing back. */
function progressOf({ phase, progress }: Told, before: VMImageStatus): number {
  if (phase === 'Ready') return 100;
  const isUnderWay = phase === 'Importing' || phase === 'Preparing';
  return progress ?? (isUnderWay ? before.progress : undefined) ?? 0;
}

function conditions(observed: ObservedVmImage, told: Told, now: Date): VMImageStatus['conditions'] {
  const { metadata, status } = observed.vmImage;
  const { phase, reason, message, isStalled = false } = told;
  const holds = {
    Ready: phase === 'Ready',
    Reconciling: phase !== 'Ready' && !isStalled,
    Stalled: isStalled,
  };
  const updates = Object.entries(holds).map(([type, is]): ConditionUpdate => {
    return { type, status: is ? 'True' : 'False', reason, message };
  });
  const { generation: observedGeneration } = metadata;
  return [...updates, inUse(observed)].reduce(
    (all, update) => setCondition(all, { ...update, observedGeneration }, now),
    status?.conditions ?? [],
  );
}

/** One event a change of phase, or of the reason for a failure. */
export function announceable({ status }: VMImage, told: Told): Pick<VmImagePlan, 'event'> {
  const { phase, reason, message, isStalled = false } = told;
  const before = findCondition(status?.conditions, 'Ready')?.reason;
  const isTrouble = phase === 'Failed' || isStalled;
  if (status?.phase === phase && (!isTrouble || before === reason)) return {};
  return { event: { type: isTrouble ? 'Warning' : 'Normal', reason: isTrouble ? reason : phase, message } };
}
