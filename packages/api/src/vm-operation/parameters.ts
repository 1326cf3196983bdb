import * as z from 'zod';
import { Duration } from '../duration.ts';
import { DISK_NAME_MAX, DnsLabel, LocalReference, ObjectName, VmName } from '../schema/names.ts';
import { DiskSize, MemorySize } from '../schema/quantity-field.ts';
import { atLeastOneOf, listMap, listSet, rules } from '../schema/rules.ts';
import { CloudInitData } from '../virtual-machine/cloud-init.ts';
import { Cpus } from '../virtual-machine/hardware.ts';
import { Networks } from '../virtual-machine/network.ts';

const Customization = z.object({
  hostname: DnsLabel.optional().describe("Hostname of the clone. Default: the clone's name."),
  networks: Networks.optional().describe(
    "Networks of the clone. Default: the source's, with new MAC addresses.",
  ),
  userData: CloudInitData.optional().describe('cloud-init user data that the clone runs at its first boot.'),
});

export const CloneSpec = z
  .object({
    targetName: VmName.describe('Name of the new VM.'),
    targetNamespace: DnsLabel.optional().describe(
      "Namespace of the new VM, in which whoever asks must be allowed to create VirtualMachines; its disks are copied in full. Default: the source's.",
    ),
    linkedClone: z
      .boolean()
      .default(false)
      .describe("Stand on the source's disks instead of copying; short for mode linked."),
    mode: z
      .enum(['auto', 'linked', 'full'])
      .optional()
      .describe(
        'linked is made in constant time, full stands alone, auto chooses. Default: linked with linkedClone, else auto.',
      ),
    startAfterClone: z.boolean().default(false).describe('Start the clone once it is made.'),
    snapshotRef: LocalReference('VMSnapshot')
      .optional()
      .describe('Clone this snapshot. Default: the VM as it is now.'),
    includeMemory: z
      .boolean()
      .default(false)
      .describe(
        "Clone the guest's memory too, so that it goes on where the source, or the snapshot, is. Takes the feature gate InstantClone.",
      ),
    identity: z
      .enum(['new', 'keep'])
      .default('new')
      .describe(
        "new: the clone is another machine, with a UUID, MAC addresses, hostname, cloud-init instance-id and by that SSH host keys and machine-id of its own. keep: it has the source's, say to take its place, and what its firmware keeps (UEFI variables, the TPM's state); never run both on one network.",
      ),
    customization: Customization.optional().describe('What is different in the clone.'),
  })
  .meta(
    rules({
      rule: "!self.linkedClone || !has(self.mode) || self.mode == 'linked'",
      message: 'linkedClone says linked: leave mode out or set it to linked',
      fieldPath: '.mode',
    }),
  );

export const FlattenSpec = z.object({
  disks: z
    .array(z.string().min(1).max(DISK_NAME_MAX))
    .min(1)
    .max(32)
    .meta(listSet)
    .optional()
    .describe('Names of the disks. Default: all that stand on an image, or on the disk of another VM.'),
});

export const MigrateSpec = z.object({
  targetNode: ObjectName.optional().describe('Node to go to. Default: as the scheduler chooses.'),
  live: z.boolean().default(true).describe('Keep the guest running; else it is shut down and started there.'),
  bandwidth: z
    .string()
    .max(32)
    .regex(/^[0-9]+(\.[0-9]+)?[KMGT]?bps$/)
    .optional()
    .describe('Limit in bits a second, for example "100Mbps". Default: none.'),
  autoConverge: z
    .boolean()
    .default(true)
    .describe(
      'Slow the guest down when it writes memory faster than it is sent; else it may never come to the cut-over. Default: true.',
    ),
  postCopy: z
    .boolean()
    .default(false)
    .describe(
      'Move the guest first and its memory after, where it does not converge and the target node allows it. What breaks then, breaks the guest. Not with parallel.',
    ),
  maxDowntime: Duration.optional().describe(
    'Longest pause at the cut-over, for example "300ms". Default: 50ms, and up to 1s for a guest that does not converge otherwise.',
  ),
  parallel: z
    .int()
    .min(1)
    .max(16)
    .optional()
    .describe('Number of streams that memory is sent over. Default: 1.'),
});

const DiskResize = z.object({
  name: DnsLabel.max(DISK_NAME_MAX).describe('Name of the disk.'),
  size: DiskSize.describe('New size; not smaller than the present one.'),
});

export const ResizeSpec = z
  .object({
    cpus: Cpus.optional().describe('New number of virtual CPUs, 1 to 128.'),
    memory: MemorySize.optional().describe('New memory, for example "16Gi".'),
    disks: z.array(DiskResize).min(1).max(32).meta(listMap('name')).optional().describe('Disks that grow.'),
    hotplug: z
      .boolean()
      .default(true)
      .describe('Change the running guest where QEMU can; else wait for its next start.'),
  })
  .meta(rules(atLeastOneOf('cpus', 'memory', 'disks')));

export const SnapshotSpec = z.object({
  name: DnsLabel.optional().describe("Name of the VMSnapshot. Default: the operation's name."),
  description: z.string().max(1024).optional().describe('What the snapshot is for.'),
  includeMemory: z.boolean().default(false).describe("Keep the guest's memory too."),
  quiesce: z
    .boolean()
    .default(true)
    .describe("Freeze the guest's file systems by its agent while the snapshot is taken."),
});

export const RestoreSpec = z.object({
  snapshotRef: LocalReference('VMSnapshot').describe('Snapshot to go back to.'),
});
export type CloneSpec = z.infer<typeof CloneSpec>;
export type ResizeSpec = z.infer<typeof ResizeSpec>;
export type SnapshotSpec = z.infer<typeof SnapshotSpec>;
