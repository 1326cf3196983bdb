import * as z from 'zod';
import { Conditions } from './condition.ts';
import { Duration } from './duration.ts';
import { ageColumn, defineKind, nameRule, objectSchema } from './kind.ts';
import { DnsLabel, LocalReference, VmName } from './schema/names.ts';
import { immutable, listMap, rules } from './schema/rules.ts';
import { CloudInitData } from './virtual-machine/cloud-init.ts';

const address = z.string().min(1).max(49);

const CloneNetwork = z.object({
  name: DnsLabel.describe("Name of the network, one of the source's."),
  ipAddress: address
    .optional()
    .describe(
      'Address that the clone is to have on it. A guest has what its pod gives it, so a clone that asks for this fails.',
    ),
  gateway: address.optional().describe('Gateway of the network. A clone that asks for this fails.'),
  dns: z
    .array(address)
    .max(8)
    .optional()
    .describe(
      'Name servers of the network. A clone that asks for this fails; user data can set them in the guest.',
    ),
});

const UserData = z.object({
  cloudInit: z
    .object({ inline: CloudInitData.describe('User data, as a #cloud-config document or a script.') })
    .describe('cloud-init user data that the clone runs at its first boot.'),
});

const Customization = z.object({
  hostname: DnsLabel.optional().describe("Hostname of the clone. Default: the clone's name."),
  networks: z
    .array(CloneNetwork)
    .max(16)
    .meta(listMap('name'))
    .optional()
    .describe("What is different in the clone's networks. All have new MAC addresses."),
  userData: UserData.optional().describe("User data of the clone. Default: the source's."),
});

const fields = {
  sourceRef: LocalReference('VirtualMachine').describe('VM that is cloned.'),
  target: z
    .object({
      name: VmName.describe('Name of the new VM.'),
      namespace: DnsLabel.optional().describe(
        'Namespace of the new VM, in which whoever asks must be allowed to create VirtualMachines; its disks are copied in full. Default: that of this object.',
      ),
      classRef: LocalReference('VMClass')
        .optional()
        .describe("Class of the new VM. Default: the source's size."),
    })
    .describe('The new VM.'),
  linked: z
    .boolean()
    .default(false)
    .describe("Stand on the source's disks, in constant time, instead of copying them."),
  powerOn: z.boolean().default(false).describe('Start the clone once it is made.'),
  timeout: Duration.default('1h').describe('Time after which the clone fails, for example "2h".'),
  customization: Customization.optional().describe('What is different in the clone.'),
};

export const VMCloneSpec = z.object(fields).meta(rules(immutable(...Object.keys(fields))));

export const VMClonePhase = z.enum(['Pending', 'Cloning', 'Ready', 'Failed']);

export const VMCloneStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  phase: VMClonePhase.optional().describe('Where the clone stands.'),
  conditions: Conditions.optional(),
  progress: z.int().min(0).max(100).optional().describe('Percent done.'),
  message: z.string().optional().describe('What goes on, or how it ended.'),
  operation: z.string().optional().describe('VMOperation that makes the clone.'),
  targetRef: z
    .object({
      name: z.string().describe('Name of the VM.'),
      namespace: z.string().optional().describe('Its namespace, where that is another.'),
    })
    .optional()
    .describe('The new VM, once it is made.'),
  completionTime: z.iso.datetime().optional().describe('When it ended.'),
});

export const VMClone = objectSchema('VMClone', VMCloneSpec, VMCloneStatus);

export const vmCloneKind = defineKind({
  kind: 'VMClone',
  plural: 'vmclones',
  shortNames: ['vmcl'],
  description: 'A VirtualMachine made of another one.',
  schema: VMClone,
  rules: [nameRule(63)],
  selectableFields: ['.spec.sourceRef.name', '.status.phase'],
  columns: [
    { name: 'Source', type: 'string', jsonPath: '.spec.sourceRef.name', description: 'VM that is cloned.' },
    { name: 'Target', type: 'string', jsonPath: '.spec.target.name', description: 'VM that is made.' },
    { name: 'Linked', type: 'boolean', jsonPath: '.spec.linked', description: 'Stands on the source.' },
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where it stands.' },
    { name: 'Progress', type: 'integer', jsonPath: '.status.progress', description: 'Percent done.' },
    ageColumn,
    {
      name: 'Message',
      type: 'string',
      jsonPath: '.status.message',
      description: 'How it goes.',
      priority: 1,
    },
  ],
});

export type VMCloneSpec = z.infer<typeof VMCloneSpec>;
export type VMCloneStatus = z.infer<typeof VMCloneStatus>;
export type VMClone = z.infer<typeof VMClone>;
export type VMCloneManifest = z.input<typeof VMClone>;
