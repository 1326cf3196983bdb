import * as z from 'zod';

/** The parts of Kubernetes' core/v1 that pods are selected by; the names and meanings are Kubernetes' own. */
const values = z.array(z.string().max(253)).max(64).exactOptional().describe('Values to compare with.');
const key = z.string().max(316).describe('Label key.');

export const Labels63 = z.record(z.string(), z.string().max(63));

export const LabelSelector = z.object({
  matchLabels: Labels63.exactOptional().describe('Labels that must all be present with these values.'),
  matchExpressions: z
    .array(
      z.object({
        key,
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How the label is compared.'),
        values,
      }),
    )
    .max(32)
    .exactOptional()
    .describe('Requirements on labels that must all hold.'),
});

const NodeSelectorRequirement = z.object({
  key,
  operator: z
    .enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'])
    .describe('How the label is compared.'),
  values,
});
const nodeRequirements = z.array(NodeSelectorRequirement).max(32).exactOptional();

export const NodeSelectorTerm = z.object({
  matchExpressions: nodeRequirements.describe("Requirements on the node's labels."),
  matchFields: nodeRequirements.describe("Requirements on the node's fields (metadata.name)."),
});
