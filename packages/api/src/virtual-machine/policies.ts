import * as z from 'zod';
import { Duration } from '../duration.ts';

export const HighAvailability = z.object({
  enabled: z.boolean().default(false).describe('Start the VM again elsewhere when its node or QEMU fails.'),
  restartPolicy: z
    .enum(['Always', 'OnFailure', 'Never'])
    .default('Always')
    .describe('After which ends the VM is started again.'),
  restartDelay: Duration.default('10s').describe('Wait before a restart, for example "10s".'),
  maxRestarts: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Restarts after which the VM is left Failed. Default: no limit.'),
  evictionStrategy: z
    .enum(['LiveMigrate', 'Shutdown', 'None'])
    .default('LiveMigrate')
    .describe(
      'What becomes of the guest when its node is drained. LiveMigrate: it goes to another node as it runs, and the drain waits for it. Shutdown: it is shut down and started elsewhere. None: the drain waits until somebody stops or moves it.',
    ),
});

/** Of a power grid: one segment of the URL that its source is asked by. */
const Zone = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

export const CarbonAware = z.object({
  enabled: z
    .boolean()
    .default(false)
    .describe(
      "Let a start wait until the power grid's carbon intensity is low enough. A guest that ran is started again at once.",
    ),
  maxIntensity: z
    .int()
    .min(0)
    .max(2000)
    .optional()
    .describe('Grams of CO2 a kilowatt-hour above which the start waits. Default: it does not wait.'),
  preferGreenEnergy: z
    .boolean()
    .default(false)
    .describe(
      'Prefer nodes with the label hypersdk.io/green-energy=true. Whether the start waits is not changed by it.',
    ),
  zone: Zone.optional().describe(
    "Zone of the grid, as the operator's source calls it. Default: the operator's.",
  ),
  maxDelay: Duration.default('6h').describe(
    'Longest wait from when the start was asked for, for example "2h".',
  ),
});
