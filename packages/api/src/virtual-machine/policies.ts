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
    .describe('What happens to the VM when its node is drained. None blocks the drain.'),
});

export const CarbonAware = z.object({
  enabled: z
    .boolean()
    .default(false)
    .describe("Let the power grid's carbon intensity decide when and where to start."),
  maxIntensity: z
    .int()
    .min(0)
    .max(2000)
    .optional()
    .describe('Grams of CO2 a kilowatt-hour above which the start waits.'),
  preferGreenEnergy: z.boolean().default(false).describe('Prefer nodes in the greenest zone.'),
  zone: z.string().min(1).max(63).optional().describe("Grid zone. Default: that of the node's labels."),
  maxDelay: Duration.optional().describe(
    'Longest wait for green power, then start anyway; for example "2h".',
  ),
});
