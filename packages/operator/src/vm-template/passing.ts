import type { VMTemplateStatus } from '@hypersdk/api';
import { isSameJson } from '../same-json.ts';

/** Milliseconds. */
const PROGRESS = 2_000;
const USAGE = 10_000;

/** How long a new status may wait to be written, for one write can tell of much; undefined where it may not. */
export function newsPatience(before: VMTemplateStatus = {}, status: VMTemplateStatus): number | undefined {
  if (isSameJson(before, status)) return undefined;
  if (isSameJson({ ...before, usageCount: 0 }, { ...status, usageCount: 0 })) return USAGE;
  const isImport = before.phase === 'Importing' && status.phase === 'Importing';
  const hasNewsOf = before.attempts !== status.attempts || reason(before) !== reason(status);
  return isImport && !hasNewsOf ? PROGRESS : undefined;
}

function reason({ conditions }: VMTemplateStatus): string | undefined {
  return conditions?.find(({ type }) => type === 'Ready')?.reason;
}
