import type { SavedMemory } from '@hypersdk/api';
import type { WantedShape } from './observed.ts';

/** For people; none where the machine, in what the operator knows of it, is as the saved guest needs it. */
export function shapeDifferences({ shape }: SavedMemory, wanted: WantedShape): string[] {
  const changes = (['cpus', 'memory', 'machineType'] as const).filter(
    (field) => shape[field] !== wanted[field],
  );
  return changes.map((field) => `${field} was ${shape[field]} and is ${wanted[field]}`);
}
