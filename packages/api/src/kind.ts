import * as z from 'zod';
import { API_VERSION, GROUP, VERSION } from './group.ts';
import { ObjectMeta } from './metadata.ts';
import type { Rule } from './schema/rules.ts';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 1: only with `-o wide`. */
  readonly priority?: 1;
}

/** A kind of ours: where it lives in the API, and what its CRD says. */
export interface Kind<S extends z.ZodObject = z.ZodObject> {
  readonly group: typeof GROUP;
  readonly version: typeof VERSION;
  readonly kind: string;
  readonly singular: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly namespaced: true;
  readonly description: string;
  readonly columns: readonly PrinterColumn[];
  /** Fields for `--field-selector` (Kubernetes 1.31 and newer; older ones leave it out). */
  readonly selectableFields: readonly string[];
  /** CEL rules on the whole object. */
  readonly rules: readonly Rule[];
  readonly schema: S;
}

export function defineKind<S extends z.ZodObject>(
  kind: Omit<Kind<S>, 'group' | 'version' | 'namespaced' | 'singular'>,
) {
  return {
    ...kind,
    group: GROUP,
    version: VERSION,
    singular: kind.kind.toLowerCase(),
    namespaced: true,
  } as const satisfies Kind<S>;
}

/** The schema of a whole object. */
export function objectSchema<K extends string, Spec extends z.ZodType, Status extends z.ZodType>(
  kind: K,
  spec: Spec,
  status: Status,
) {
  return z.object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: ObjectMeta,
    spec: spec.describe('What is wanted.'),
    status: status.optional().describe('What is. Written by the operator only.'),
  });
}

/** Objects name pods, claims and label values, so their own names have less room than Kubernetes gives. */
export function nameRule(max: number): Rule {
  return {
    rule: `self.metadata.name.size() <= ${max} && !self.metadata.name.contains('.')`,
    message: `name must be at most ${max} characters, without dots`,
    fieldPath: '.metadata.name',
  };
}

export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since creation.',
};
