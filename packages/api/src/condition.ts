import * as z from 'zod';

/** Kubernetes' metav1.Condition. */
export const Condition = z.object({
  type: z.string().min(1).max(316).describe('Name of the condition, in CamelCase.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether the condition holds.'),
  reason: z.string().min(1).max(1024).describe('Why, as one CamelCase word that programs may compare.'),
  message: z.string().max(32768).describe('Why, as a sentence for people.'),
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .describe('metadata.generation that this condition was derived from.'),
  lastTransitionTime: z.iso.datetime().describe('When status last changed.'),
});

export const Conditions = z
  .array(Condition)
  .max(64)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
  .describe('What holds of this object now, one entry a type.');

export type Condition = z.infer<typeof Condition>;
export type ConditionStatus = Condition['status'];

/** Everything but the time, which only a change of status moves. */
export type ConditionUpdate = Omit<Condition, 'lastTransitionTime'>;

/** `conditions` with `update` in the place of the entry of its type, or at the end. */
export function setCondition(
  conditions: readonly Condition[],
  update: ConditionUpdate,
  now: Date,
): Condition[] {
  const before = findCondition(conditions, update.type);
  const lastTransitionTime = before?.status === update.status ? before.lastTransitionTime : secondsOf(now);
  const next = { ...update, lastTransitionTime };
  return before === undefined
    ? [...conditions, next]
    : conditions.map((condition) => (condition === before ? next : condition));
}

export function findCondition(conditions: readonly Condition[] = [], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

export function isConditionTrue(conditions: readonly Condition[] = [], type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** metav1.Time has whole seconds; a fraction would make every read-back look like a change. */
function secondsOf(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
