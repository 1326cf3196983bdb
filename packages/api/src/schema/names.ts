import * as z from 'zod';

/**
 * A VM's pods are `<vm>-<epoch>`: 52 leaves a dash and ten digits within the 63 of a label value and a
 * hostname. With a disk's 40, the claim `<vm>-<disk>` is always a valid name.
 */
export const VM_NAME_MAX = 52;
export const DISK_NAME_MAX = 40;

/** RFC 1123 label. */
export const DnsLabel = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

export const VmName = DnsLabel.max(VM_NAME_MAX);

/** RFC 1123 subdomain: the name of almost every Kubernetes object. */
export const ObjectName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

/** An object of this namespace. */
export const LocalReference = (what: string) =>
  z.object({ name: ObjectName.describe(`Name of the ${what}, in the same namespace.`) });

/** An object of this namespace, or of another where the cluster's administrator lets it be read. */
export const Reference = (what: string) =>
  z.object({
    name: ObjectName.describe(`Name of the ${what}.`),
    namespace: DnsLabel.optional().describe(
      `Namespace of the ${what}. Default: the namespace of this object.`,
    ),
  });
