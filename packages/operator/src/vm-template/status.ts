import {
  formatBytes,
  setCondition,
  type ConditionUpdate,
  type VMTemplate,
  type VMTemplateStatus,
} from '@hypersdk/api';
import type { ObservedTemplate } from './observed.ts';
import type { TemplatePlan } from './plan.ts';

/** What a plan found of a template. */
export interface Told {
  readonly phase: NonNullable<VMTemplateStatus['phase']>;
  readonly reason: string;
  readonly message: string;
  readonly isStalled?: boolean;
  readonly progress?: number | undefined;
  readonly attempts?: number;
  /** Size in bytes as a guest sees it, time as RFC 3339. */
  readonly imported?: { readonly claim: string; readonly virtualSize: number; readonly time: string };
}

export function templateStatus(
  { template, users }: ObservedTemplate,
  told: Told,
  now: Date,
): VMTemplateStatus {
  const before = template.status ?? {};
  const ready = told.phase === 'Ready';
  const { imported } = told;
  return {
    ...before,
    observedGeneration: template.metadata.generation,
    phase: told.phase,
    ready,
    progress: ready
      ? 100
      : (told.progress ?? (told.phase === 'Importing' ? before.progress : undefined) ?? 0),
    attempts: told.attempts ?? before.attempts,
    usageCount: users.length,
    conditions: conditions(template, told, now),
    ...(imported && {
      size: formatBytes(imported.virtualSize),
      lastUpdated: imported.time,
      pvc: imported.claim,
    }),
  };
}

function conditions(
  { metadata, spec, status }: VMTemplate,
  told: Told,
  now: Date,
): VMTemplateStatus['conditions'] {
  const { phase, reason, message, isStalled = false } = told;
  const holds = {
    Ready: phase === 'Ready',
    Reconciling: phase !== 'Ready' && !isStalled,
    Stalled: isStalled,
  };
  const updates = Object.entries(holds).map(([type, is]): ConditionUpdate => ({
    type,
    status: is ? 'True' : 'False',
    reason,
    message,
    observedGeneration: metadata.generation,
  }));
  if (spec.requiredFeatures?.length) {
    updates.push({
      type: 'FieldsIgnored',
      status: 'True',
      reason: 'NotImplemented',
      message: 'Not implemented in this version, without effect: requiredFeatures',
      observedGeneration: metadata.generation,
    });
  }
  return updates.reduce((all, update) => setCondition(all, update, now), status?.conditions ?? []);
}

/** One event a change of phase, or of the reason for a failure. */
export function announceable({ status }: VMTemplate, told: Told): Pick<TemplatePlan, 'event'> {
  const { phase, reason, message, isStalled = false } = told;
  const before = status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
  const isTrouble = phase === 'Failed' || isStalled;
  if (status?.phase === phase && (!isTrouble || before === reason)) return {};
  return { event: { type: isTrouble ? 'Warning' : 'Normal', reason: isTrouble ? reason : phase, message } };
}
