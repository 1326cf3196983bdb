import * as z from 'zod';
import { VirtualMachineImage } from './image-source.ts';
import { ageColumn, defineKind, nameRule, objectSchema } from './kind.ts';
import { Affinity } from './kubernetes/affinity.ts';
import { Toleration, TopologySpreadConstraint } from './kubernetes/scheduling.ts';
import { LocalReference, ObjectName, VM_NAME_MAX } from './schema/names.ts';
import { MemorySize } from './schema/quantity-field.ts';
import { immutable, rules } from './schema/rules.ts';
import { CloudInit } from './virtual-machine/cloud-init.ts';
import { Disks } from './virtual-machine/disk.ts';
import { Firmware, firmwareRules } from './virtual-machine/firmware.ts';
import {
  Acceleration,
  Cpus,
  GuestAgent,
  Kernel,
  MachineType,
  VirtualMachineResources,
} from './virtual-machine/hardware.ts';
import { Identity } from './virtual-machine/identity.ts';
import { Networks } from './virtual-machine/network.ts';
import { CarbonAware, HighAvailability } from './virtual-machine/policies.ts';
import { RunStrategy } from './virtual-machine/power.ts';
import { VirtualMachineStatus } from './virtual-machine/status.ts';

/**
 * The fields that a VM may take from its template. None has a default in the schema: the API server would fill it
 * in, and the template's value could no longer win. `effectiveSpec` has the defaults.
 */
export const templatedFields = {
  cpus: Cpus.optional().describe('Virtual CPUs, 1 to 128. Required unless a template gives it.'),
  memory: MemorySize.optional().describe(
    'Memory of the guest, for example "8Gi". Required unless a template gives it.',
  ),
  maxCpus: Cpus.optional().describe(
    'How many virtual CPUs the guest may come to have while it runs; each costs 256 KiB of its memory. Default: four times cpus. A machine of type microvm has no room for more.',
  ),
  maxMemory: MemorySize.optional().describe(
    'How much memory the guest may come to have while it runs. Default: four times memory, up to 128Gi, for a guest of 2.75Gi or more (pc: 3.5Gi); for a smaller one, which would lose 64Mi to it, none.',
  ),
  acceleration: Acceleration.optional().describe(
    "How QEMU runs the guest: auto takes KVM where it truly works, else TCG; auto and kvm ask for a node's " +
      "devices.hypersdk.io/kvm, auto only while a node offers it. Default: the operator's setting, auto.",
  ),
  machineType: MachineType.optional().describe('QEMU machine. Default: q35.'),
  firmware: Firmware.optional().describe('Firmware of the guest. Default: BIOS.'),
  kernel: Kernel.optional().describe('Start this kernel directly, without firmware and boot loader.'),
  networks: Networks.optional().describe(
    'Networks of the guest. Default: one named default on the pod network.',
  ),
  cloudInit: CloudInit.optional().describe('First-boot configuration, given as a NoCloud seed.'),
  guestAgent: GuestAgent.optional().describe('The QEMU guest agent. Default: its channel is there.'),
  nodeSelector: z
    .record(z.string(), z.string().max(63))
    .optional()
    .describe('Labels that the node must have.'),
  affinity: Affinity.optional().describe("Kubernetes' affinity of the VM's pod."),
  tolerations: z.array(Toleration).max(64).optional().describe("Kubernetes' tolerations of the VM's pod."),
  topologySpreadConstraints: z
    .array(TopologySpreadConstraint)
    .max(16)
    .optional()
    .describe("Kubernetes' spread of the VM's pod over zones and nodes."),
  priorityClassName: ObjectName.optional().describe("PriorityClass of the VM's pod."),
  highAvailability: HighAvailability.optional().describe('What happens when the node or QEMU fails.'),
  carbonAware: CarbonAware.optional().describe('Start when and where power is green.'),
  resources: VirtualMachineResources.optional().describe(
    "Overrides of the pod's requests and limits, which are computed from cpus and memory.",
  ),
  terminationGracePeriodSeconds: z
    .int()
    .min(0)
    .max(86400)
    .optional()
    .describe('Seconds that the guest may take to power down before it is switched off. Default: 30.'),
} as const;

const fromTemplate = 'has(self.image) && has(self.image.templateRef)';

const otherWords = { cpus: 'cpu', memory: 'memoryMiB' } as const;

const specRules = rules(
  {
    rule: '!has(self.running) || !has(self.runStrategy)',
    message: 'running and runStrategy say the same thing: set only one',
    fieldPath: '.runStrategy',
    reason: 'FieldValueForbidden',
  },
  ...Object.entries(otherWords).flatMap(([field, word]) => [
    {
      rule: `has(self.${field}) || (has(self.resources) && has(self.resources.${word})) || (${fromTemplate})`,
      message: `${field} is required for a VM without a template`,
      fieldPath: `.${field}`,
      reason: 'FieldValueRequired' as const,
    },
    {
      rule: `!has(self.${field}) || !has(self.resources) || !has(self.resources.${word})`,
      message: `${field} and resources.${word} say the same thing: set only one`,
      fieldPath: `.resources.${word}`,
      reason: 'FieldValueForbidden' as const,
    },
  ]),
  {
    rule: '!has(self.maxCpus) || !has(self.cpus) || self.cpus <= self.maxCpus',
    message: 'cpus is more than maxCpus allows',
    fieldPath: '.cpus',
  },
  {
    rule: '!has(self.maxMemory) || !has(self.memory) || quantity(self.memory).compareTo(quantity(self.maxMemory)) <= 0',
    message: 'memory is more than maxMemory allows',
    fieldPath: '.memory',
  },
  {
    rule: '!has(self.maxCpus) || !has(self.resources) || !has(self.resources.cpu) || self.resources.cpu <= self.maxCpus',
    message: 'cpus is more than maxCpus allows',
    fieldPath: '.resources.cpu',
  },
  {
    rule: '!has(self.maxMemory) || !has(self.resources) || !has(self.resources.memoryMiB) || self.resources.memoryMiB * 1048576 <= quantity(self.maxMemory).asInteger()',
    message: 'memory is more than maxMemory allows',
    fieldPath: '.resources.memoryMiB',
  },
  {
    rule: '!has(self.image) || !has(self.image.source) || (has(self.disks) && self.disks.size() > 0)',
    message: 'an image needs a disk to go to',
    fieldPath: '.disks',
    reason: 'FieldValueRequired',
  },
  ...firmwareRules,
  immutable('image', 'identity'),
);

export const VirtualMachineSpec = z
  .object({
    running: z
      .boolean()
      .optional()
      .describe('Whether the VM runs; short for runStrategy Always or Halted. With neither it runs.'),
    runStrategy: RunStrategy.optional().describe(
      'When the VM runs: Always, RerunOnFailure (not after the guest powers itself down), Manual (as operations say), Halted.',
    ),
    image: VirtualMachineImage.optional().describe('What the disk that boots first starts as.'),
    disks: Disks.optional().describe('Disks of the guest.'),
    ...templatedFields,
    snapshot: z
      .object({
        revertToRef: LocalReference('VMSnapshot')
          .optional()
          .describe('Go back to this snapshot. Acts once for each value; status.revertedTo keeps it.'),
        maxCount: z
          .int()
          .min(1)
          .max(1000)
          .optional()
          .describe(
            "Snapshots that the VM may have; one more is refused, and none is deleted for it. Default: the operator's setting, 32.",
          ),
      })
      .optional()
      .describe('Snapshots of the VM: how many, and going back to one.'),
    identity: Identity.optional().describe(
      "What the guest is known by. Default: made from the VM's own uid and name, once.",
    ),
    deletionProtection: z
      .boolean()
      .default(false)
      .describe(
        'Refuse to delete the VM until this is false, whoever asks. It is no protection from the deletion of its namespace, which takes its claims.',
      ),
  })
  .meta(specRules);

export const VirtualMachine = objectSchema('VirtualMachine', VirtualMachineSpec, VirtualMachineStatus);

export const virtualMachineKind = defineKind({
  kind: 'VirtualMachine',
  plural: 'virtualmachines',
  shortNames: ['vm', 'vms'],
  description: 'A virtual machine that runs as a pod with QEMU.',
  schema: VirtualMachine,
  rules: [nameRule(VM_NAME_MAX)],
  selectableFields: ['.status.phase', '.status.nodeName'],
  columns: [
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where the VM stands.' },
    { name: 'CPUs', type: 'integer', jsonPath: '.spec.cpus', description: 'Virtual CPUs.' },
    { name: 'Memory', type: 'string', jsonPath: '.spec.memory', description: 'Memory of the guest.' },
    { name: 'Node', type: 'string', jsonPath: '.status.nodeName', description: 'Node it runs on.' },
    { name: 'IP', type: 'string', jsonPath: '.status.ipAddresses[0]', description: 'Main address.' },
    ageColumn,
    {
      name: 'Template',
      type: 'string',
      jsonPath: '.status.template.name',
      description: 'Template that it is made from.',
      priority: 1,
    },
    {
      name: 'Version',
      type: 'string',
      jsonPath: '.status.template.version',
      description: 'Version of the template that its root disk was made from.',
      priority: 1,
    },
    { name: 'Pod', type: 'string', jsonPath: '.status.podName', description: 'Its pod.', priority: 1 },
    {
      name: 'Accel',
      type: 'string',
      jsonPath: '.status.acceleration',
      description: 'Accelerator.',
      priority: 1,
    },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Whether spec is realised.',
      priority: 1,
    },
    {
      name: 'Migratable',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Migratable")].status',
      description: 'Whether it could go to another node as it runs.',
      priority: 1,
    },
  ],
});

export type VirtualMachineSpec = z.infer<typeof VirtualMachineSpec>;
/** As the API server gives it: schema defaults are filled in. */
export type VirtualMachine = z.infer<typeof VirtualMachine>;
/** As a user may write it. */
export type VirtualMachineManifest = z.input<typeof VirtualMachine>;
