import * as z from 'zod';
import { Duration } from './duration.ts';
import { ageColumn, defineKind, nameRule, objectSchema } from './kind.ts';
import { LocalReference } from './schema/names.ts';
import { immutable, rules, type Rule } from './schema/rules.ts';
import {
  CloneSpec,
  FlattenSpec,
  MigrateSpec,
  ResizeSpec,
  RestoreSpec,
  SnapshotSpec,
} from './vm-operation/parameters.ts';
import { VMOperationStatus } from './vm-operation/status.ts';

export const Operation = z.enum([
  'start',
  'stop',
  'restart',
  'reset',
  'pause',
  'resume',
  'suspend',
  'clone',
  'flatten',
  'migrate',
  'snapshot',
  'restore',
  'resize',
  'delete',
]);

/** The field of spec with an operation's own parameters, and whether it can do without. */
const parameters = {
  cloneSpec: { operation: 'clone', required: true },
  flattenSpec: { operation: 'flatten', required: false },
  migrateSpec: { operation: 'migrate', required: false },
  resizeSpec: { operation: 'resize', required: true },
  snapshotSpec: { operation: 'snapshot', required: false },
  restoreSpec: { operation: 'restore', required: true },
} as const;

const parameterRules = Object.entries(parameters).flatMap(([field, { operation, required }]): Rule[] => {
  const onlyThere: Rule = {
    rule: `!has(self.${field}) || self.operation == '${operation}'`,
    message: `${field} is for operation ${operation} only`,
    fieldPath: `.${field}`,
    reason: 'FieldValueForbidden',
  };
  const needed: Rule = {
    rule: `self.operation != '${operation}' || has(self.${field})`,
    message: `operation ${operation} needs ${field}`,
    fieldPath: `.${field}`,
    reason: 'FieldValueRequired',
  };
  return required ? [onlyThere, needed] : [onlyThere];
});

const targetIsAnother: Rule = {
  rule: '!has(self.cloneSpec) || has(self.cloneSpec.targetNamespace) || self.cloneSpec.targetName != self.vmRef.name',
  message: 'the clone needs another name than the VM it is made of',
  fieldPath: '.cloneSpec.targetName',
};

/** They take one themselves, or leave nothing that one could be of, or cannot work with one. */
const noSnapshotBefore: Rule = {
  rule: "!(self.preSnapshot || self.rollbackOnFailure) || !(self.operation in ['snapshot', 'delete', 'flatten'])",
  message: 'no snapshot can be taken before operation snapshot, delete or flatten',
  fieldPath: '.preSnapshot',
  reason: 'FieldValueForbidden',
};

const cancelIsFinal: Rule = {
  rule: '!oldSelf.cancel || self.cancel',
  message: 'a cancelled operation cannot be taken up again',
  fieldPath: '.cancel',
  reason: 'FieldValueForbidden',
};

const fields = {
  vmRef: LocalReference('VirtualMachine').describe('VM that the operation is on.'),
  operation: Operation.describe(
    "What to do. suspend keeps the guest's memory on disk and switches it off; start has it go on.",
  ),
  force: z
    .boolean()
    .default(false)
    .describe(
      'Do not ask the guest: switch off, reset, or go on in spite of failed checks. A forced stop, restart or delete does not wait for an unforced one before it, but takes its place.',
    ),
  timeout: Duration.default('10m').describe(
    'Time from its begin after which the operation fails, and is undone, for example "10m".',
  ),
  dryRun: z
    .boolean()
    .default(false)
    .describe(
      'Only check whether the operation could be done; status.preflight tells. It changes nothing, and waits for no other operation.',
    ),
  preSnapshot: z
    .boolean()
    .default(false)
    .describe(
      'Take a VMSnapshot of the disks first, which status.snapshot names and which stays. Not for snapshot, delete and flatten.',
    ),
  rollbackOnFailure: z
    .boolean()
    .default(false)
    .describe(
      'Take a VMSnapshot first, too, and when the operation fails power the guest off and take its disks back to that.',
    ),
  cloneSpec: CloneSpec.optional().describe('Parameters of operation clone.'),
  flattenSpec: FlattenSpec.optional().describe('Parameters of operation flatten.'),
  migrateSpec: MigrateSpec.optional().describe('Parameters of operation migrate.'),
  resizeSpec: ResizeSpec.optional().describe('Parameters of operation resize.'),
  snapshotSpec: SnapshotSpec.optional().describe('Parameters of operation snapshot.'),
  restoreSpec: RestoreSpec.optional().describe('Parameters of operation restore.'),
  ttlSecondsAfterFinished: z
    .int()
    .min(0)
    .optional()
    .describe('Seconds after its end when the operation object is deleted. Default: never.'),
};

export const VMOperationSpec = z
  .object({
    ...fields,
    cancel: z.boolean().default(false).describe('Stop the operation and undo what it began.'),
  })
  .meta(
    rules(
      parameterRules,
      targetIsAnother,
      noSnapshotBefore,
      cancelIsFinal,
      immutable(...Object.keys(fields)),
    ),
  );

export const VMOperation = objectSchema('VMOperation', VMOperationSpec, VMOperationStatus);

export const vmOperationKind = defineKind({
  kind: 'VMOperation',
  plural: 'vmoperations',
  shortNames: ['vmop', 'vmops'],
  description: 'Something done once to a VirtualMachine: start, clone, migrate and so on.',
  schema: VMOperation,
  rules: [nameRule(63)],
  selectableFields: ['.spec.vmRef.name', '.spec.operation', '.status.phase'],
  columns: [
    { name: 'VM', type: 'string', jsonPath: '.spec.vmRef.name', description: 'VM it is on.' },
    { name: 'Operation', type: 'string', jsonPath: '.spec.operation', description: 'What it does.' },
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where it stands.' },
    { name: 'Progress', type: 'integer', jsonPath: '.status.progress', description: 'Percent done.' },
    ageColumn,
    {
      name: 'Started',
      type: 'date',
      jsonPath: '.status.startTime',
      description: 'Time since it began.',
      priority: 1,
    },
    {
      name: 'Message',
      type: 'string',
      jsonPath: '.status.message',
      description: 'How it goes.',
      priority: 1,
    },
  ],
});

export type Operation = z.infer<typeof Operation>;
export type VMOperationSpec = z.infer<typeof VMOperationSpec>;
export type VMOperation = z.infer<typeof VMOperation>;
export type VMOperationManifest = z.input<typeof VMOperation>;
