import * as z from 'zod';

/** Firmware that keeps something: UEFI its variables, a TPM its state. A machine without it has BIOS alone. */
export const MachineFirmware = z.object({
  bootloader: z.enum(['bios', 'uefi']),
  secureBoot: z.boolean(),
  tpm: z.boolean(),
  /** Of a filesystem volume that belongs to this machine alone; the launcher puts there what is missing. */
  directory: z.string(),
});

export type MachineFirmware = z.infer<typeof MachineFirmware>;
