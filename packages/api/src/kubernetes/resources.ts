import * as z from 'zod';

/** Kubernetes' own quantity on the wire: a number or a string. */
const Quantity = z
  .union([
    z.int(),
    z
      .string()
      .regex(
        /^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$/,
      ),
  ])
  .meta({ 'x-kubernetes-int-or-string': true });

const amounts = z.record(z.string(), Quantity).exactOptional();

/** Kubernetes' core/v1 ResourceRequirements, without claims. */
export const ResourceRequirements = z.object({
  requests: amounts.describe('What the pod reserves on its node, by resource name.'),
  limits: amounts.describe('What the pod may use at most, by resource name.'),
});

export type ResourceRequirements = z.infer<typeof ResourceRequirements>;
