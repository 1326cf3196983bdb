import type { Condition } from '@hypersdk/api';
import { isSameJson } from '../same-json.ts';

/** Milliseconds. */
const PROGRESS = 2_000;
const USAGE = 10_000;

/** What the statuses of all who have an image imported have in common. */
export interface ImportStatus {
  readonly phase?: string | undefined;
  readonly attempts?: number | undefined;
  readonly usageCount?: number | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}

/** How long a new status may wait to be written, for one write can tell of much; undefined where it may not. */
export function newsPatience(before: ImportStatus = {}, status: ImportStatus): number | undefined {
  if (isSameJson(before, status)) return undefined;
  if (isSameJson(withoutUsers(before), withoutUsers(status))) return USAGE;
  const isImport = isUnderWay(before) && before.phase === status.phase;
  const hasNewsOf = before.attempts !== status.attempts || reason(before) !== reason(status);
  return isImport && !hasNewsOf ? PROGRESS : undefined;
}

function withoutUsers(status: ImportStatus): ImportStatus {
  return { ...status, usageCount: 0, conditions: status.conditions?.filter(({ type }) => type !== 'InUse') };
}

export function isUnderWay({ phase = '' }: Pick<ImportStatus, 'phase'>): boolean {
  return phase === 'Importing' || phase === 'Preparing';
}

function reason({ conditions }: ImportStatus): string | undefined {
  return conditions?.find(({ type }) => type === 'Ready')?.reason;
}
