import * as z from 'zod';
import { Duration } from '../duration.ts';

const fields = {
  keepDays: z.int().min(1).max(36500).optional().describe('Days after which the snapshot expires.'),
  maxAge: Duration.optional().describe('Age at which the snapshot expires, for example "7d" or "36h".'),
  keepCount: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Newest snapshots of the VM that are kept; older ones expire.'),
  autoDelete: z
    .boolean()
    .default(false)
    .describe('Delete the snapshot when it expires; else it is only marked Expired.'),
  deleteOnVMDelete: z.boolean().default(false).describe('Delete the snapshot together with its VM.'),
};

/** Of snapshots that are yet to be made: no time of the calendar. */
export const RelativeRetention = z.object(fields);

export const Retention = z.object({
  ...fields,
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Time at which the snapshot expires, as RFC 3339.'),
});

export type Retention = z.infer<typeof Retention>;
