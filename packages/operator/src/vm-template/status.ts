import { formatBytes, type ConditionUpdate, type VMTemplateStatus } from '@hypersdk/api';
import { importConditions, importProgress } from '../image/told-status.ts';
import type { Told } from '../image/told.ts';
import type { ObservedTemplate } from './observed.ts';

export function templateStatus(
  { template, users }: ObservedTemplate,
  told: Told<NonNullable<VMTemplateStatus['phase']>>,
  now: Date,
): VMTemplateStatus {
  const before = template.status ?? {};
  const ignored = template.spec.requiredFeatures?.length ? [requiredFeaturesIgnored] : [];
  const { imported } = told;
  return {
    ...before,
    observedGeneration: template.metadata.generation,
    phase: told.phase,
    ready: told.phase === 'Ready',
    progress: importProgress(told, before),
    attempts: told.attempts ?? before.attempts,
    usageCount: users.length,
    conditions: importConditions(template, told, ignored, now),
    ...(imported && {
      size: formatBytes(imported.virtualSize),
      lastUpdated: imported.time,
      pvc: imported.claim,
    }),
  };
}

const requiredFeaturesIgnored: ConditionUpdate = {
  type: 'FieldsIgnored',
  status: 'True',
  reason: 'NotImplemented',
  message: 'Not implemented in this version, without effect: requiredFeatures',
};
