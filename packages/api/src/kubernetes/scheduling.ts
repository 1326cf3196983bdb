import * as z from 'zod';
import { LabelSelector } from './selectors.ts';

/** Kubernetes' core/v1 Toleration. */
export const Toleration = z.object({
  key: z
    .string()
    .max(316)
    .exactOptional()
    .describe('Taint key; empty, with operator Exists, for all taints.'),
  operator: z
    .enum(['Exists', 'Equal'])
    .exactOptional()
    .describe('How the taint is compared. Default: Equal.'),
  value: z.string().max(63).exactOptional().describe('Taint value that is tolerated.'),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .exactOptional()
    .describe('Taint effect that is tolerated; all when absent.'),
  tolerationSeconds: z
    .int()
    .exactOptional()
    .describe('How long a NoExecute taint is tolerated; without limit when absent.'),
});

const inclusion = z.enum(['Honor', 'Ignore']).exactOptional();

/** Kubernetes' core/v1 TopologySpreadConstraint. */
export const TopologySpreadConstraint = z.object({
  maxSkew: z.int().min(1).describe('By how many pods two places may differ.'),
  topologyKey: z.string().max(316).describe('Node label whose equal values mean the same place.'),
  whenUnsatisfiable: z
    .enum(['DoNotSchedule', 'ScheduleAnyway'])
    .describe('Whether the VM waits or starts anyway when the constraint cannot hold.'),
  labelSelector: LabelSelector.exactOptional().describe('Pods that are counted.'),
  minDomains: z.int().min(1).exactOptional().describe('Smallest number of places, with DoNotSchedule.'),
  nodeAffinityPolicy: inclusion.describe("Whether nodes that the VM's affinity excludes count."),
  nodeTaintsPolicy: inclusion.describe('Whether nodes with taints that the VM does not tolerate count.'),
  matchLabelKeys: z
    .array(z.string().max(316))
    .max(16)
    .exactOptional()
    .describe("Label keys whose values are taken from the VM's own pod."),
});

export type Toleration = z.infer<typeof Toleration>;
export type TopologySpreadConstraint = z.infer<typeof TopologySpreadConstraint>;
