import * as z from 'zod';
import { Conditions } from '../condition.ts';
import { SavedMemory } from '../machine/memory.ts';
import { Quiesced } from '../quiesced.ts';
import { listMap } from '../schema/rules.ts';
import { DesiredPower } from './power.ts';

const text = z.string().optional();
const count = z.int().min(0).optional();
const time = z.iso.datetime().optional();

export const VirtualMachinePhase = z.enum([
  'Pending',
  'Creating',
  'Running',
  'Stopping',
  'Stopped',
  'Migrating',
  'Paused',
  'Failed',
  'Unknown',
]);

const Power = z.object({
  desired: DesiredPower.describe('The last request.'),
  since: z.iso.datetime().describe('When it was made.'),
  by: z.string().describe('Who made it: spec, guest, or the name of a VMOperation.'),
});

const DiskStatus = z.object({
  name: z.string().describe('Name of the disk.'),
  pvc: text.describe('Claim that holds the disk.'),
  size: text.describe('Size that the guest sees.'),
  actualSize: text.describe('What the disk takes in its claim.'),
  format: text.describe('Format of the disk: qcow2 or raw.'),
  chain: z
    .array(z.string())
    .optional()
    .describe('Files of the disk, from the active layer down to the base.'),
  progress: z.int().min(0).max(100).optional().describe('Percent done, while the disk is being made.'),
  flattening: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('Percent done, while what the disk stands on is brought into it.'),
  fileSystemProblem: text.describe(
    'Why the guest agent has not enlarged the file systems on a disk that has grown, and what to do.',
  ),
});

const LayerStatus = z.object({
  name: z.string().describe('Name of the disk.'),
  file: z.string().describe('Layer in its claim.'),
  size: z.string().describe('Size that the guest saw.'),
  bytes: z.number().min(0).describe('What the layer takes in the claim.'),
  below: z.array(z.string()).describe('Layers of the same claim that it stands on, the nearest first.'),
});

const FirmwareStatus = z.object({
  pvc: z.string().describe('Claim that holds the UEFI variables and the TPM state.'),
});

const NetworkStatus = z.object({
  name: z.string().describe('Name of the network.'),
  type: text.describe('Type of the network.'),
  binding: text.describe('Binding that was taken.'),
  reason: text.describe('Why that binding was taken.'),
  macAddress: text.describe('MAC address, the same for the life of the VM.'),
  ipAddresses: z
    .array(z.string())
    .optional()
    .describe('Addresses by which the VM is reached on this network.'),
  interfaceName: text.describe('Interface of the guest on this network, as its agent names it.'),
  guestAddresses: z
    .array(z.string())
    .optional()
    .describe(
      'Addresses that the interface has inside the guest, as its agent says. Behind the bindings masquerade and user nobody else reaches them.',
    ),
});

const FileSystemStatus = z.object({
  mountPoint: z.string().describe('Where it is mounted.'),
  type: text.describe('Type of the file system, such as ext4 or NTFS.'),
  size: text.describe('Size of the file system.'),
  usedPercent: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('Percent in use, told anew when it has changed by five.'),
});

const GuestAgentStatus = z.object({
  connected: z.boolean().describe('Whether the agent answers.'),
  version: text.describe('Version of the agent.'),
  hostname: text.describe('Hostname that the guest gives itself.'),
  os: text.describe('Operating system that the guest names.'),
  fileSystems: z
    .array(FileSystemStatus)
    .meta(listMap('mountPoint'))
    .optional()
    .describe('File systems that the guest has mounted.'),
});

const ResourcesStatus = z.object({
  cpu: text.describe('CPUs that are plugged into the running machine.'),
  memory: text.describe('Memory that the running guest has taken.'),
  overhead: text.describe(
    "Memory that QEMU, its TPM emulator and the launcher take beside the guest's, as measured when the guest started and at looks since: their proportional set size, in which pages shared with other processes of the node count in shares. Told anew when it has changed by a quarter. The network container's 5 MiB or so are not in it.",
  ),
});

const Console = z.object({
  serial: text.describe('Path of the serial console on the dashboard server.'),
  vnc: text.describe('Path of the screen on the dashboard server.'),
});

const Change = z.object({
  field: z.string().describe('Field of spec.'),
  now: z.string().describe('Value that the running guest has.'),
  wanted: z.string().describe('Value that spec asks for.'),
});

const LastEnd = z.object({
  reason: z.string().describe('Why the guest ended, in CamelCase.'),
  time: z.iso.datetime().describe('When it ended.'),
  podName: z.string().describe('Pod that it ran in.'),
});

const Inherited = z.object({
  field: z.string().describe('Field of spec.'),
  value: text.describe('Its value, as JSON where it is no scalar. That of cloud-init data is left out.'),
});

const TemplateStatus = z.object({
  name: z.string().describe('Name of the VMTemplate.'),
  namespace: z.string().describe('Namespace of the VMTemplate.'),
  version: text.describe('Version of the template that the root disk was made from.'),
  image: text.describe("Claim of the image that the root disk was made from, in the VM's namespace."),
  inherited: z
    .array(Inherited)
    .meta(listMap('field'))
    .optional()
    .describe(
      'What the VM has from the template now: its spec with these fields is what the guest is started with.',
    ),
});

const MovedDisk = z.object({
  name: z.string().describe('Name of the disk.'),
  pvc: z.string().describe('Claim that holds the disk since a migration.'),
});

const MigratingDisk = z.object({
  name: z.string().describe('Name of the disk.'),
  from: z.string().describe('Claim that the disk is in.'),
  to: z.string().describe('Claim that it is copied to, and that takes its place.'),
  layers: z
    .literal(true)
    .optional()
    .describe('What lies below the writes of the guest is copied as it is, with its snapshots.'),
});

/** Also of the operation. */
export const PostCopy = z.object({
  possible: z.boolean().describe('Whether the target node lets a guest run before its memory is there.'),
  reason: text.describe('Why not.'),
  used: z.boolean().optional().describe('Whether the guest went before its memory.'),
  lost: z
    .boolean()
    .optional()
    .describe('Not all of its memory came, since one side ended: the guest starts anew from its disks.'),
});

const Migration = z.object({
  operation: z.string().describe('Uid of the VMOperation migrate.'),
  phase: z
    .enum(['Preparing', 'CopyingDisks', 'CopyingMemory', 'CutOver', 'PostCopy', 'Succeeded', 'Failed'])
    .describe('How far it is.'),
  message: text.describe('What goes on, or why the guest stayed where it was.'),
  epoch: z.int().min(1).describe('Epoch of the pod that awaits the guest.'),
  podUid: text.describe('Uid of that pod, once it was seen; it is never made twice.'),
  sourceNode: text.describe('Node that the guest leaves.'),
  targetNode: text.describe('Node that it goes to.'),
  disks: z
    .array(MigratingDisk)
    .meta(listMap('name'))
    .optional()
    .describe('Disks that are copied; the nodes share the others.'),
  progress: z.int().min(0).max(100).optional().describe('Percent of memory and disks that was sent.'),
  transferredBytes: count.describe('Bytes of memory sent so far.'),
  remainingBytes: count.describe('Bytes of memory still to send.'),
  dirtyRate: count.describe('Bytes a second that the guest changes.'),
  throughput: count.describe('Bytes a second that are sent.'),
  downtimeMilliseconds: count.describe(
    "How long the guest stood still at the cut-over, by the source's QEMU.",
  ),
  postCopy: PostCopy.optional().describe('Where it was asked for.'),
});

export const VirtualMachineStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  phase: VirtualMachinePhase.optional().describe(
    'Where the VM stands, in a word for people. Programs read conditions.',
  ),
  conditions: Conditions.optional(),
  power: Power.optional().describe('Whether the guest is to run, and who said so.'),
  revertedTo: text.describe('The VMSnapshot of spec.snapshot.revertToRef that was last acted on.'),
  epoch: count.describe('Number of the current pod; a launcher of another epoch never runs the guest.'),
  lastEpoch: count.describe(
    'Highest number that a pod was made with; a migration that came to nothing has spent one.',
  ),
  podName: text.describe('Pod that runs the guest.'),
  nodeName: text.describe('Node that the pod is on.'),
  acceleration: z.enum(['kvm', 'tcg']).optional().describe('Accelerator that QEMU runs with.'),
  accelerationReason: text.describe('Why that accelerator was taken.'),
  machineType: text.describe(
    "QEMU's machine type with its version, as pc-q35-10.0: the same from the guest's start to its end, in whatever pod it goes on. The next start takes the newest.",
  ),
  uuid: text.describe('SMBIOS UUID, the same for the life of the VM.'),
  hostname: text.describe('Hostname given to the guest, the same for the life of the VM.'),
  ipAddresses: z.array(z.string()).optional().describe('Addresses of the VM, the main one first.'),
  networks: z.array(NetworkStatus).meta(listMap('name')).optional().describe('Networks as they are.'),
  guestAgent: GuestAgentStatus.optional().describe('What the guest agent says.'),
  resources: ResourcesStatus.optional().describe('Resources as applied and as measured.'),
  disks: z.array(DiskStatus).meta(listMap('name')).optional().describe('Disks as they are.'),
  movedDisks: z
    .array(MovedDisk)
    .meta(listMap('name'))
    .optional()
    .describe('Disks that a migration has put into other claims than those of their names.'),
  migration: Migration.optional().describe('The last live migration, or the one under way.'),
  template: TemplateStatus.optional().describe('The template, for a VM that names one.'),
  firmware: FirmwareStatus.optional().describe('What outlives the runs of the guest beside its disks.'),
  console: Console.optional().describe('Where the consoles are.'),
  startTime: time.describe('When the guest last started.'),
  creationTimestamp: time.describe('When the VM was first realised.'),
  lastReconfigureTime: time.describe('When a change was last applied to the running guest.'),
  nextStart: z
    .object({
      epoch: z.int().min(0).describe('The pod that stays as it is.'),
      cpus: z.int().describe('spec.cpus that comes with the next one.'),
      memory: z.string().describe('spec.memory that comes with the next one.'),
    })
    .optional()
    .describe('A size that was asked for with hotplug: false, and waits for the next start.'),
  restartCount: count.describe('How often the guest was started again after a failure.'),
  rebootCount: count.describe('How often the guest rebooted by itself since its pod started.'),
  lastRequest: text.describe('Uid of the last VMOperation reset, resume or clone that the guest was given.'),
  lastFreeze: z
    .object({
      operation: z.string().describe('Uid of the VMOperation or VMSnapshot that it was for.'),
      time: time.describe('The instant that the layers hold.'),
      pauseMilliseconds: z.number().min(0).optional().describe('How long the guest stood still at most.'),
      disks: z.array(LayerStatus).meta(listMap('name')).optional().describe('Disks that were frozen.'),
      quiesced: Quiesced.describe(
        "Whether the guest's file systems were frozen at that instant, and why not.",
      ),
      memory: SavedMemory.optional().describe('Memory that was saved at the same instant.'),
      memoryProblem: z
        .object({ reason: z.string().describe('In one word.'), message: z.string().describe('What to do.') })
        .optional()
        .describe('Why memory that was asked for is not saved.'),
    })
    .optional()
    .describe('The last time that the disks of the running guest were frozen.'),
  freezeProblem: z
    .object({
      operation: z.string().describe('Uid of the VMOperation or VMSnapshot that it is for.'),
      permanent: z.boolean().describe('Whether another try would come to the same.'),
      reason: z.string().describe('In one word.'),
      message: z.string().describe('What to do.'),
    })
    .optional()
    .describe('Why the disks of the running guest cannot be frozen.'),
  droppedLayers: z
    .array(z.string())
    .optional()
    .describe('Layers of snapshots under deletion that the running guest has no more below it.'),
  reverting: z
    .object({
      snapshot: z.string().describe('The value of spec.snapshot.revertToRef that is, or was, acted on.'),
      operation: z.string().describe('Name of the VMOperation restore that does it.'),
      due: z.boolean().optional().describe('Whether that operation has still to be made.'),
    })
    .optional()
    .describe('What became of spec.snapshot.revertToRef.'),
  disksHeldFor: text.describe(
    'Uid of the VMOperation or VMSnapshot that works on the disks of the stopped guest; it is not started before that has ended.',
  ),
  lastEnd: LastEnd.optional().describe('The last time that the guest ended without being asked to.'),
  restartAwaitingChanges: z
    .array(Change)
    .meta(listMap('field'))
    .optional()
    .describe('Changes of spec that wait for a restart of the guest.'),
  carbonIntensity: count.describe('Grams of CO2 a kilowatt-hour in the zone, when a start last asked.'),
});

export type MigratingDisk = z.infer<typeof MigratingDisk>;
export type VirtualMachinePhase = z.infer<typeof VirtualMachinePhase>;
export type VirtualMachineStatus = z.infer<typeof VirtualMachineStatus>;
