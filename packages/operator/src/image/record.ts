/** What a golden claim says of its import. It is kept on the claim, because whoever uses the image shares it. */
import { GROUP, ImportState } from '@hypersdk/api';
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import * as z from 'zod';

const ANNOTATION = `${GROUP}/import`;

const ImportRecord = z.object({
  /** Attempts that were begun. It is written before the attempt's pod is made, so attempts are bounded whatever dies. */
  attempts: z.int().nonnegative(),
  /** How many there may be, where somebody has said so. */
  maxAttempts: z.int().positive().optional(),
  /** How far the current attempt is, or what came of it. */
  state: ImportState.optional(),
  /** What the next attempt, or the current one's pod, waits for. */
  waiting: z.string().optional(),
  /** In a condition's words, where it is nothing usual. */
  waitingReason: z.string().optional(),
  /** When the image was there. */
  readyTime: z.string().optional(),
  /** What is in the volume was copied from a claim that somebody wrote meanwhile: the next attempt leaves nothing of it. */
  isTorn: z.boolean().optional(),
  /** How the last attempt failed. */
  failure: z
    .object({ reason: z.string(), message: z.string(), time: z.string(), permanent: z.boolean() })
    .optional(),
});
export type ImportRecord = z.infer<typeof ImportRecord>;
export type ImportFailure = NonNullable<ImportRecord['failure']>;

/** A record that cannot be read is none: the importer leaves a finished image alone. */
export function importRecord({ metadata }: PersistentVolumeClaim): ImportRecord {
  try {
    return ImportRecord.parse(JSON.parse(metadata.annotations?.[ANNOTATION] ?? ''));
  } catch {
    return { attempts: 0 };
  }
}

export const recordAnnotations = (record: ImportRecord): Record<string, string> => ({
  [ANNOTATION]: JSON.stringify(record),
});
