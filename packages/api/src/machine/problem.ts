import * as z from 'zod';

/** Something the user can act on. `reason` is CamelCase and fits a condition's reason. */
export const MachineProblem = z.object({
  reason: z.string(),
  message: z.string(),
  disk: z.string().optional(),
  network: z.string().optional(),
});

export type MachineProblem = z.infer<typeof MachineProblem>;
