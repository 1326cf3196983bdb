import * as z from 'zod';
import { DnsLabel } from '../schema/names.ts';

export const Identity = z.object({
  uuid: z
    .uuid()
    .optional()
    .describe("SMBIOS UUID, by which licences and machine ids are often bound. Default: the VM's uid."),
  hostname: DnsLabel.optional().describe(
    "Hostname that cloud-init and DHCP give the guest. Default: the VM's name.",
  ),
  instanceId: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[0-9A-Za-z-]+$/)
    .optional()
    .describe(
      "cloud-init's instance-id: a guest that finds another one than before does its first boot again, with new SSH host keys. Default: the VM's uid.",
    ),
  newMachineId: z
    .boolean()
    .optional()
    .describe(
      'Have cloud-init make /etc/machine-id anew at the first boot of this instance; for a disk that another guest has used. Default: false.',
    ),
});

export type Identity = z.infer<typeof Identity>;
