import {
  findCondition,
  formatBytes,
  isTemplateFeature,
  TEMPLATE_FEATURES,
  type ConditionUpdate,
  type VMTemplate,
  type VMTemplateStatus,
} from '@hypersdk/api';
import { importConditions, importProgress } from '../image/told-status.ts';
import type { Told } from '../image/told.ts';
import type { ObservedTemplate } from './observed.ts';

export function templateStatus(
  { template, users }: ObservedTemplate,
  told: Told<NonNullable<VMTemplateStatus['phase']>>,
  now: Date,
): VMTemplateStatus {
  const before = template.status ?? {};
  const { imported } = told;
  return {
    ...before,
    observedGeneration: template.metadata.generation,
    phase: told.phase,
    ready: told.phase === 'Ready',
    progress: importProgress(told, before),
    attempts: told.attempts ?? before.attempts,
    usageCount: users.length,
    conditions: importConditions(template, told, featuresKnown(template), now),
    ...(imported && {
      size: formatBytes(imported.virtualSize),
      lastUpdated: imported.time,
      pvc: imported.claim,
    }),
  };
}

/** Nothing while there was never anything unknown. */
function featuresKnown({ spec, status }: VMTemplate): ConditionUpdate[] {
  const type = 'FeaturesKnown';
  const unknown = spec.requiredFeatures?.filter((feature) => !isTemplateFeature(feature)) ?? [];
  if (unknown.length > 0) {
    const message = `spec.requiredFeatures: no such feature: ${unknown.join(', ')}. VMs of this template are not started; there are ${TEMPLATE_FEATURES.join(', ')}`;
    return [{ type, status: 'False', reason: 'UnknownFeature', message }];
  }
  if (!findCondition(status?.conditions, type)) return [];
  return [{ type, status: 'True', reason: 'AllKnown', message: 'Every required feature is known' }];
}
