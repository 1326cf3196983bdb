import * as z from 'zod';

/** A schema as a CRD holds it ("structural" in Kubernetes' words). */
export interface StructuralSchema {
  description?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  properties?: Record<string, StructuralSchema>;
  required?: string[];
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  anyOf?: StructuralSchema[];
  enum?: string[];
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: 'map' | 'set' | 'atomic';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: { rule: string; message: string; fieldPath?: string; reason?: string }[];
}

/** What zod may say that the API server takes as it is; anything else is a mistake in a schema of ours. */
const KEPT = new Set([
  ...[
    'description',
    'type',
    'properties',
    'required',
    'items',
    'additionalProperties',
    'enum',
    'default',
    'format',
  ],
  ...['pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
  'x-kubernetes-validations',
]);

/** The structural form of a zod schema. Throws TypeError on what a CRD cannot say. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  // toJSONSchema's own type is wider than what openapi-3.0 yields for our schemas; `convert` checks each keyword.
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as JsonSchema, '');
}

type JsonSchema = StructuralSchema & Record<string, unknown>;

function convert(schema: JsonSchema, path: string): StructuralSchema {
  if (schema['x-kubernetes-int-or-string']) return intOrString(schema);
  const unknown = Object.keys(schema).filter((key) => !KEPT.has(key));
  if (unknown.length > 0) throw new TypeError(`${path || '.'}: a CRD has no ${unknown.join(', ')}`);
  const { properties, items, additionalProperties, ...rest } = schema;
  const within = (child: StructuralSchema, name: string) => convert(child as JsonSchema, `${path}.${name}`);
  return {
    ...scalar(rest),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, within(child, name)]),
      ),
    }),
    ...(items && { items: within(items, '*') }),
    ...(additionalProperties && { additionalProperties: within(additionalProperties, '*') }),
  };
}

/** Kubernetes knows this union by one fixed form, with the pattern outside. */
function intOrString(schema: JsonSchema): StructuralSchema {
  const pattern = schema.anyOf?.find(({ type }) => type === 'string')?.pattern;
  return {
    ...(schema.description !== undefined && { description: schema.description }),
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    ...(pattern !== undefined && { pattern }),
    'x-kubernetes-int-or-string': true,
  };
}

function scalar(schema: StructuralSchema): StructuralSchema {
  if (schema.type === 'integer') return integer(schema);
  // The server's own date-time check is the same, and its message is readable.
  if (schema.format === 'date-time') return without(schema, 'pattern');
  return schema;
}

function integer(schema: StructuralSchema): StructuralSchema {
  const bounded = without(
    schema,
    ...(schema.minimum === Number.MIN_SAFE_INTEGER ? (['minimum'] as const) : []),
    ...(schema.maximum === Number.MAX_SAFE_INTEGER ? (['maximum'] as const) : []),
  );
  return { ...bounded, format: bounded.maximum === undefined ? 'int64' : 'int32' };
}

function without(schema: StructuralSchema, ...keys: (keyof StructuralSchema)[]): StructuralSchema {
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => !keys.some((dropped) => dropped === key)),
  );
}
