import { GROUP } from './group.ts';
import type { Kind } from './kind.ts';
import { structuralSchema, type StructuralSchema } from './structural-schema.ts';

/** apiextensions.k8s.io/v1 CustomResourceDefinition of a kind. */
export function customResourceDefinition(kind: Kind) {
  const { plural, singular, shortNames } = kind;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular,
        shortNames,
        categories: ['hypersdk'],
      },
      scope: 'Namespaced',
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          additionalPrinterColumns: kind.columns,
          selectableFields: kind.selectableFields.map((jsonPath) => ({ jsonPath })),
          subresources: { status: {} },
          schema: { openAPIV3Schema: rootSchema(kind) },
        },
      ],
    },
  };
}

/** Kubernetes gives the three standard fields their meaning; a CRD only names them. */
export function rootSchema(kind: Kind): StructuralSchema {
  const { spec, status } = structuralSchema(kind.schema.pick({ spec: true, status: true })).properties ?? {};
  if (spec === undefined || status === undefined) throw new TypeError(`${kind.kind} needs spec and status`);
  return {
    description: kind.description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string', description: 'Group and version of this object: hypersdk.io/v1alpha1.' },
      kind: { type: 'string', description: `Kind of this object: ${kind.kind}.` },
      metadata: { type: 'object', properties: { name: { type: 'string' } } },
      spec,
      status,
    },
    'x-kubernetes-validations': [...kind.rules],
  };
}

export type CustomResourceDefinition = ReturnType<typeof customResourceDefinition>;
