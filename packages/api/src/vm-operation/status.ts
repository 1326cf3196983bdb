import * as z from 'zod';
import { Conditions } from '../condition.ts';
import { Quiesced } from '../quiesced.ts';
import { MemorySize } from '../schema/quantity-field.ts';
import { listMap } from '../schema/rules.ts';
import { Cpus } from '../virtual-machine/hardware.ts';
import { PostCopy } from '../virtual-machine/status.ts';
import { DesiredPower, RunStrategy } from '../virtual-machine/power.ts';

const text = z.string().optional();
const count = z.int().min(0).optional();
const time = z.iso.datetime().optional();

export const VMOperationPhase = z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']);

const Check = z.object({
  check: z.string().describe('What was looked at.'),
  ok: z.boolean().describe('Whether it allows the operation.'),
  reason: text.describe('Why not, and what to do; or what is to be known of it.'),
});

const Step = z.object({
  name: z.string().describe('Name of the step.'),
  startTime: time.describe('When it began.'),
  completionTime: time.describe('When it ended.'),
});
export type OperationStep = z.infer<typeof Step>;
export type OperationCheck = z.infer<typeof Check>;

const Ending = z.object({
  phase: z.enum(['Failed', 'Cancelled']).describe('Phase that it ends in.'),
  message: z.string().describe('Why.'),
});

const ChangedFields = z.object({
  running: z.boolean().optional().describe('spec.running of the VM.'),
  runStrategy: RunStrategy.optional().describe('spec.runStrategy of the VM.'),
  cpus: Cpus.optional().describe('spec.cpus of the VM.'),
  memory: MemorySize.optional().describe('spec.memory of the VM.'),
});

export type ChangedFields = z.infer<typeof ChangedFields>;

const Change = z.object({
  before: ChangedFields.describe('As they were; one that is missing was not set.'),
  after: ChangedFields.describe('As they were written.'),
});

const Migration = z.object({
  sourceNode: text.describe('Node that the VM leaves.'),
  targetNode: text.describe('Node that the VM goes to.'),
  method: text.describe('How memory and disks are moved.'),
  transferredBytes: count.describe('Bytes sent so far.'),
  remainingBytes: count.describe('Bytes still to send.'),
  dirtyRate: count.describe('Bytes a second that the guest changes.'),
  estimatedSeconds: count.describe('Seconds until the cut-over, as far as can be told.'),
  downtimeMilliseconds: count.describe('How long the guest stood still at the cut-over.'),
  postCopy: PostCopy.optional().describe('Where it was asked for.'),
});

export const VMOperationStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  phase: VMOperationPhase.optional().describe('Where the operation stands.'),
  conditions: Conditions.optional(),
  progress: z.int().min(0).max(100).optional().describe('Percent done.'),
  message: text.describe('What goes on, or how it ended.'),
  startTime: time.describe('When work on it began.'),
  completionTime: time.describe('When it ended.'),
  fromEpoch: count.describe("The VM's epoch when work on it began; a restart is done when it is past that."),
  vmUid: text.describe(
    'Uid of the VM when work on it began; another VM of its name is none of its business.',
  ),
  fromPower: DesiredPower.optional().describe('What the guest was to do when work on it began.'),
  change: Change.optional().describe(
    "Fields of the VM's spec that it writes. They are written back when it fails or is cancelled, unless somebody else has changed them since.",
  ),
  snapshot: text.describe('VMSnapshot that was taken before it.'),
  ending: Ending.optional().describe('How it ends, once what it began is undone.'),
  preflight: z.array(Check).meta(listMap('check')).optional().describe('What was checked before it began.'),
  steps: z.array(Step).meta(listMap('name')).optional().describe('What was done, in order.'),
  migration: Migration.optional().describe('Figures of a live migration.'),
  quiesced: Quiesced.optional().describe(
    'Of a running guest: whether its file systems were frozen as its disks were, and why not.',
  ),
  result: text.describe('Name of what it made: the clone, the snapshot, the node.'),
});

export type VMOperationPhase = z.infer<typeof VMOperationPhase>;
export type VMOperationStatus = z.infer<typeof VMOperationStatus>;
