import * as z from 'zod';
import { LabelSelector, NodeSelectorTerm } from './selectors.ts';

const weight = z.int().min(1).max(100).describe('How much a match counts, 1 to 100.');
const labelKeys = z.array(z.string().max(316)).max(16).exactOptional();

const NodeAffinity = z.object({
  requiredDuringSchedulingIgnoredDuringExecution: z
    .object({
      nodeSelectorTerms: z.array(NodeSelectorTerm).min(1).max(32).describe('Terms of which one must match.'),
    })
    .exactOptional()
    .describe('Nodes that the VM may run on.'),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(z.object({ weight, preference: NodeSelectorTerm.describe('Nodes that are preferred.') }))
    .max(32)
    .exactOptional()
    .describe('Nodes that the VM would rather run on.'),
});

const PodAffinityTerm = z.object({
  labelSelector: LabelSelector.exactOptional().describe('Pods that are looked for.'),
  topologyKey: z.string().max(316).describe('Node label whose equal values mean the same place.'),
  namespaces: z.array(z.string().max(63)).max(64).exactOptional().describe('Namespaces of those pods.'),
  namespaceSelector: LabelSelector.exactOptional().describe('Namespaces of those pods, by label.'),
  matchLabelKeys: labelKeys.describe(
    "Label keys whose values are taken from the VM's own pod and must match.",
  ),
  mismatchLabelKeys: labelKeys.describe(
    "Label keys whose values are taken from the VM's own pod and must differ.",
  ),
});

const podTerms = (verb: string) =>
  z.object({
    requiredDuringSchedulingIgnoredDuringExecution: z
      .array(PodAffinityTerm)
      .max(32)
      .exactOptional()
      .describe(`Pods that the VM must ${verb}.`),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(
        z.object({
          weight,
          podAffinityTerm: PodAffinityTerm.describe(`Pods that the VM would rather ${verb}.`),
        }),
      )
      .max(32)
      .exactOptional()
      .describe(`Pods that the VM would rather ${verb}.`),
  });

/** Kubernetes' core/v1 Affinity. */
export const Affinity = z.object({
  nodeAffinity: NodeAffinity.exactOptional().describe('Which nodes the VM may run on.'),
  podAffinity: podTerms('stand beside').exactOptional().describe('Which pods the VM stands beside.'),
  podAntiAffinity: podTerms('keep away from').exactOptional().describe('Which pods the VM keeps away from.'),
});

export type Affinity = z.infer<typeof Affinity>;
