import type { MigrationStatus, QmpClient } from 'qemu-monitor';
import { mirrorProgress } from './mirror.ts';

/** What QEMU says of its last migration, in or out. Sizes in bytes. */
export interface MigrationFigures {
  /** `none` before the first. */
  readonly status: MigrationStatus;
  readonly transferred?: number;
  readonly remaining?: number;
  readonly total?: number;
  /** Bytes a second. */
  readonly dirtyRate?: number;
  readonly downtimeMilliseconds?: number;
  readonly error?: string;
  /** 0-100. */
  readonly diskProgress?: number;
}

export async function migrationFigures(client: QmpClient): Promise<MigrationFigures> {
  const [{ status = 'none', ram, downtime, 'error-desc': error }, diskProgress] = await Promise.all([
    client.execute('query-migrate'),
    mirrorProgress(client),
  ]);
  return {
    status,
    ...(ram && {
      transferred: Number(ram.transferred),
      remaining: Number(ram.remaining),
      total: Number(ram.total),
      dirtyRate: Number(ram['dirty-pages-rate']) * Number(ram['page-size']),
    }),
    ...(downtime !== undefined && { downtimeMilliseconds: Number(downtime) }),
    ...(error !== undefined && { error }),
    ...(diskProgress !== undefined && { diskProgress }),
  };
}
