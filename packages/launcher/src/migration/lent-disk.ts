/** What the source's launcher tells the target's of a disk: the files that the guest does not write. */
import * as z from 'zod';

export const LENT = '/migration/disks/';

/** Layers, marks of those that nobody needs for their own sake, and memory that was saved with layers. */
const LENT_FILE = /^(layer-[a-z0-9-]+\.(qcow2|dropped)|memory-[a-z0-9-]+\.(json|state))$/;

export const isLentFile = (name: string): boolean => LENT_FILE.test(name);

export const LentDisk = z.object({
  /** Bytes that the guest sees. */
  virtualSize: z.int().nonnegative(),
  /** What the guest's own file stands on, as its header has it; absent where it stands alone. */
  backing: z.string().optional(),
  files: z.array(
    z.object({ name: z.string().refine(isLentFile, 'no such file is lent'), bytes: z.int().nonnegative() }),
  ),
});
export type LentDisk = z.infer<typeof LentDisk>;
