import * as z from 'zod';
import { Conditions } from './condition.ts';
import { ageColumn, defineKind, nameRule, objectSchema } from './kind.ts';
import { LocalReference } from './schema/names.ts';
import { immutable, rules } from './schema/rules.ts';
import { snapshotFields } from './vm-snapshot.ts';
import { RelativeRetention } from './vm-snapshot/retention.ts';

const time = z.iso.datetime().optional();
const count = z.int().min(0).optional();

/** A snapshot is named `<schedule>-<yyyymmdd>-<hhmm>`, in UTC: 14 characters more, of 63. */
export const SCHEDULE_NAME_MAX = 49;

/** Five fields, or a nickname. Whether each is in its range, the operator says. */
const CronExpression = z
  .string()
  .max(256)
  .regex(/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( +\S+){4})$/);

const SnapshotTemplate = z.object({
  labels: z.record(z.string(), z.string().max(63)).optional().describe('Labels of each snapshot.'),
  ...snapshotFields,
  retention: RelativeRetention.optional().describe(
    'How long each is kept, whatever keep says; with autoDelete it is deleted then.',
  ),
});

export const VMSnapshotScheduleSpec = z
  .object({
    vmRef: LocalReference('VirtualMachine').describe('VM that snapshots are taken of.'),
    schedule: CronExpression.describe(
      'When, as cron has it: minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly, @monthly, @yearly.',
    ),
    timeZone: z
      .string()
      .min(1)
      .max(64)
      .default('Etc/UTC')
      .describe(
        'Time zone of schedule, for example "Europe/Berlin". A fixed time of day that is skipped or comes twice when the clocks change acts once.',
      ),
    suspend: z
      .boolean()
      .default(false)
      .describe('Take none for now. Times that pass meanwhile are not caught up.'),
    startingDeadlineSeconds: z
      .int()
      .min(1)
      .max(31_536_000)
      .optional()
      .describe(
        'Seconds after its time within which a snapshot may still be begun. Default: until the next. Of several times that were missed, at most the last is caught up.',
      ),
    keep: z
      .int()
      .min(1)
      .max(1000)
      .default(7)
      .describe(
        "Newest snapshots of this schedule that are kept; older ones are deleted once a newer one is ready, so for a moment there is one more. One that loses the label hypersdk.io/snapshot-schedule is nobody's but yours.",
      ),
    keepFailed: z
      .int()
      .min(0)
      .max(100)
      .default(1)
      .describe('Newest failed snapshots of this schedule that are kept as evidence.'),
    template: SnapshotTemplate.prefault({}).describe('How each snapshot is made.'),
  })
  .meta(rules(immutable('vmRef')));

export const VMSnapshotScheduleStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('metadata.generation that this status answers.'),
  conditions: Conditions.optional(),
  lastScheduleTime: time.describe('The last time for which a snapshot was begun.'),
  lastMissedTime: time.describe('The last time for which none was begun, with the reason in the events.'),
  lastSuccessfulTime: time.describe('The instant that the newest ready snapshot holds.'),
  nextScheduleTime: time.describe('The next time; none while suspended.'),
  snapshots: count.describe('Ready snapshots of this schedule.'),
  active: z.string().optional().describe('Snapshot of this schedule that is being taken.'),
  following: z
    .object({
      schedule: z.string().describe('The schedule and the time zone.'),
      since: z.iso.datetime().describe('Earlier times are not caught up.'),
    })
    .optional()
    .describe('The schedule that is acted on, and since when.'),
});

export const VMSnapshotSchedule = objectSchema(
  'VMSnapshotSchedule',
  VMSnapshotScheduleSpec,
  VMSnapshotScheduleStatus,
);

export const vmSnapshotScheduleKind = defineKind({
  kind: 'VMSnapshotSchedule',
  plural: 'vmsnapshotschedules',
  shortNames: ['vmsched', 'vmsnapsched'],
  description: 'Snapshots of a VirtualMachine that are taken again and again, and go as newer ones come.',
  schema: VMSnapshotSchedule,
  rules: [nameRule(SCHEDULE_NAME_MAX)],
  selectableFields: ['.spec.vmRef.name'],
  columns: [
    { name: 'VM', type: 'string', jsonPath: '.spec.vmRef.name', description: 'VM it is for.' },
    { name: 'Schedule', type: 'string', jsonPath: '.spec.schedule', description: 'When, as cron has it.' },
    { name: 'Time Zone', type: 'string', jsonPath: '.spec.timeZone', description: 'Of the schedule.' },
    { name: 'Suspend', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether it rests.' },
    { name: 'Keep', type: 'integer', jsonPath: '.spec.keep', description: 'How many are kept.' },
    { name: 'Snapshots', type: 'integer', jsonPath: '.status.snapshots', description: 'How many are ready.' },
    { name: 'Last', type: 'date', jsonPath: '.status.lastScheduleTime', description: 'Since the last one.' },
    ageColumn,
    {
      name: 'Next',
      type: 'string',
      jsonPath: '.status.nextScheduleTime',
      description: 'The next time.',
      priority: 1,
    },
    {
      name: 'Active',
      type: 'string',
      jsonPath: '.status.active',
      description: 'Snapshot that is being taken.',
      priority: 1,
    },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Whether it is acted on.',
      priority: 1,
    },
  ],
});

export type VMSnapshotScheduleSpec = z.infer<typeof VMSnapshotScheduleSpec>;
export type VMSnapshotScheduleStatus = z.infer<typeof VMSnapshotScheduleStatus>;
export type VMSnapshotSchedule = z.infer<typeof VMSnapshotSchedule>;
export type VMSnapshotScheduleManifest = z.input<typeof VMSnapshotSchedule>;
