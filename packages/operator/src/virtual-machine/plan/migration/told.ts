import type { Observed } from '../../observed.ts';
import type { Outcome } from '../../status/outcome.ts';
import { currentMigration } from './asked.ts';

type Told = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'>;

/** A guest is on its way, or what is left of that has still to go. */
export function isMigrating(observed: Observed): boolean {
  return observed.target !== undefined || currentMigration(observed) !== undefined;
}

/** It runs all the while, which is what spec asks for. */
export function toldOfMigration<T extends Told>(observed: Observed, told: T): T {
  const migration = currentMigration(observed);
  if (!migration || told.phase !== 'Running' || told.progress !== 'done') return told;
  const message = `The guest is running, and on its way to another node: ${migration.message ?? ''}`;
  return { ...told, phase: 'Migrating', reason: 'Migrating', message };
}
