import type { Row } from './row.ts';
import { apiWrites } from './rows/api-writes.ts';
import { bootTax } from './rows/boot-tax.ts';
import { linkedClone, linkedDisk } from './rows/clones.ts';
import { fullClone, largeFullClone } from './rows/full-clone.ts';
import { importThroughput } from './rows/import.ts';
import { instantClone, instantCloneFromApply } from './rows/instant-clone.ts';
import { overheadAtFive, overheadOfOne } from './rows/launcher-overhead.ts';
import {
  busyMigration,
  migrationFromApply,
  migrationGap,
  migrationGapToRaw,
  migrationTotal,
} from './rows/migration.ts';
import { operatorMemory } from './rows/operator-memory.ts';
import { resizeLatency } from './rows/resize.ts';
import { memoryLoad, memorySave, snapshotPause, snapshotTotal } from './rows/snapshots.ts';
import { twentyAtOnce } from './rows/twenty-at-once.ts';

/** The table's rows, in its order. A new one is a file in `rows/` and a line here. */
export const rows: readonly Row[] = [
  bootTax,
  overheadOfOne,
  overheadAtFive,
  twentyAtOnce,
  apiWrites,
  operatorMemory,
  linkedDisk,
  linkedClone,
  fullClone,
  largeFullClone,
  instantClone,
  instantCloneFromApply,
  importThroughput,
  snapshotPause,
  snapshotTotal,
  memorySave,
  memoryLoad,
  resizeLatency,
  migrationGap,
  migrationGapToRaw,
  migrationTotal,
  migrationFromApply,
  busyMigration,
];
