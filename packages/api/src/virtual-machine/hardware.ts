import * as z from 'zod';
import { ResourceRequirements } from '../kubernetes/resources.ts';
import { exactlyOneOf, rules } from '../schema/rules.ts';

export const Cpus = z.int().min(1).max(128);
export const Acceleration = z.enum(['auto', 'kvm', 'tcg']);
export const MachineType = z.enum(['q35', 'pc', 'microvm']);

const file = z.string().min(1).max(1024);

export const Kernel = z
  .object({
    image: file.optional().describe('OCI image that holds kernel and initrd in /boot.'),
    path: file.optional().describe("Kernel file in the launcher's image."),
    initrd: file.optional().describe('Initial RAM disk, as a path beside the kernel.'),
    cmdline: z.string().max(2048).optional().describe("The kernel's command line."),
  })
  .meta(rules(exactlyOneOf('image', 'path')));

export const GuestAgent = z.object({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      "Give the guest the QEMU guest agent's channel. An image without an agent takes no harm of it.",
    ),
  requiredForReadiness: z
    .boolean()
    .default(false)
    .describe("Let the pod be ready, and Services send to it, only while the guest's agent answers."),
  growFileSystems: z
    .boolean()
    .default(true)
    .describe(
      'When a disk has grown under the running guest, have its agent enlarge the last partition of the disk and the file system on it (ext4, XFS or Btrfs).',
    ),
});

export const VirtualMachineResources = ResourceRequirements.extend({
  cpu: Cpus.optional().describe('Another word for cpus of the VM: set only one of the two.'),
  memoryMiB: z
    .int()
    .min(16)
    .max(16 * 1024 * 1024)
    .optional()
    .describe('Another word for memory of the VM, in MiB: set only one of the two.'),
});
