import { formatBytes, type VMImageStatus } from '@hypersdk/api';
import { importConditions, importProgress } from '../image/told-status.ts';
import type { Told } from '../image/told.ts';
import { inUse } from './in-use.ts';
import type { ObservedVmImage } from './observed.ts';

export function vmImageStatus(
  observed: ObservedVmImage,
  told: Told<NonNullable<VMImageStatus['phase']>>,
  now: Date,
): VMImageStatus {
  const { vmImage, users } = observed;
  const before = vmImage.status ?? {};
  const { imported } = told;
  return {
    ...before,
    observedGeneration: vmImage.metadata.generation,
    phase: told.phase,
    progress: importProgress(told, before),
    attempts: told.attempts ?? before.attempts,
    usageCount: users.length,
    upload: told.upload,
    conditions: importConditions(vmImage, told, [inUse(observed)], now),
    ...(imported && {
      virtualSize: formatBytes(imported.virtualSize),
      lastUpdated: imported.time,
      pvc: imported.claim,
      checksum: imported.checksum,
    }),
  };
}
