import * as z from 'zod';

export const Quiesced = z.object({
  value: z.boolean().describe("Whether the guest's file systems were frozen."),
  reason: z.string().optional().describe('Why not.'),
});

export type Quiesced = z.infer<typeof Quiesced>;
