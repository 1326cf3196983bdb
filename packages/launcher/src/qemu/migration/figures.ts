import type { MigrationInfo, MigrationStatus, QmpClient } from 'qemu-monitor';
import { mirrorProgress } from './mirror.ts';

/** What QEMU says of its last migration, in or out. Sizes in bytes. */
export interface MigrationFigures {
  /** `none` before the first. */
  readonly status: MigrationStatus;
  readonly transferred?: number;
  readonly remaining?: number;
  readonly total?: number;
  /** Bytes a second that the guest changes, and that are sent. */
  readonly dirtyRate?: number;
  readonly throughput?: number;
  /** How often all that the guest has changed was looked through. */
  readonly passes?: number;
  /** Percent of its time that the guest is held up. */
  readonly throttle?: number;
  /** Milliseconds that it would stand still for if it went now, and that it may. */
  readonly expectedDowntime?: number;
  readonly downtimeLimit?: number;
  readonly downtimeMilliseconds?: number;
  readonly error?: string;
  /** 0-100. */
  readonly diskProgress?: number;
}

export async function migrationFigures(client: QmpClient): Promise<MigrationFigures> {
  const [info, parameters, diskProgress] = await Promise.all([
    client.execute('query-migrate'),
    client.execute('query-migrate-parameters'),
    mirrorProgress(client),
  ]);
  const { status = 'none', 'error-desc': error } = info;
  return {
    status,
    ...ofMemory(info),
    ...number('throttle', info['cpu-throttle-percentage']),
    ...number('expectedDowntime', info['expected-downtime']),
    ...number('downtimeLimit', parameters['downtime-limit']),
    ...number('downtimeMilliseconds', info.downtime),
    ...(error !== undefined && { error }),
    ...(diskProgress !== undefined && { diskProgress }),
  };
}

/** Bits of a megabit, as QEMU counts them, in bytes. */
const MEGABIT = 1e6 / 8;

function ofMemory({ ram }: MigrationInfo): Partial<MigrationFigures> {
  if (!ram) return {};
  return {
    transferred: Number(ram.transferred),
    remaining: Number(ram.remaining),
    total: Number(ram.total),
    dirtyRate: Number(ram['dirty-pages-rate']) * Number(ram['page-size']),
    throughput: Math.round(ram.mbps * MEGABIT),
    passes: Number(ram['dirty-sync-count']),
  };
}

function number<Name extends keyof MigrationFigures>(
  name: Name,
  value: number | bigint | undefined,
): Partial<Record<Name, number>> {
  // A literal of one key, which TypeScript takes for one of any string.
  return value === undefined ? {} : ({ [name]: Number(value) } as Record<Name, number>);
}
