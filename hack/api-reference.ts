import {
  API_VERSION,
  kinds,
  rootSchema,
  type Kind,
  type StructuralSchema,
} from '../packages/api/src/index.ts';

/** Described elsewhere: the reader is sent there instead of reading hundreds of rows again. */
const ELSEWHERE = new Map([
  ['affinity', 'Affinity (core/v1)'],
  ['tolerations', '[]Toleration (core/v1)'],
  ['topologySpreadConstraints', '[]TopologySpreadConstraint (core/v1)'],
  ['defaultSpec', 'fields of [VirtualMachine](#virtualmachine) spec'],
]);

const introduction = `<!-- Generated from packages/api by \`make generate\`. Do not edit. -->

# API reference: \`${API_VERSION}\`

The same text is in the cluster: \`kubectl explain vm.spec.disks\`. A field in **bold** is required. Rules are checked
by the API server, which names the field in its answer.
`;

/** `docs/reference/api.md`, as a map of one path to its content. */
export function apiReference(): Map<string, string> {
  return new Map([['docs/reference/api.md', [introduction, ...kinds.map(section)].join('\n')]]);
}

function section(kind: Kind): string {
  const { properties = {}, ...root } = rootSchema(kind);
  const names = kind.shortNames.map((name) => `\`${name}\``).join(', ');
  const rules = (root['x-kubernetes-validations'] ?? []).map(({ message }) => `\`metadata\`: ${message}.`);
  const tables = ['spec', 'status'].flatMap((part) => {
    const schema = properties[part];
    return schema === undefined ? [] : [`### ${kind.kind} ${part}\n`, table(schema)];
  });
  return [
    `## ${kind.kind}\n`,
    `${root.description ?? ''} Short names: ${names}.\n`,
    ...rules,
    '',
    ...tables,
  ].join('\n');
}

function table(schema: StructuralSchema): string {
  const own = rulesOf(schema);
  return [
    '| Field | Type | Default | Description | Rules |',
    '| --- | --- | --- | --- | --- |',
    ...rows(schema, ''),
    ...(own === '' ? [] : ['', `On the whole: ${own}.`]),
    '',
  ].join('\n');
}

function rows(schema: StructuralSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    const shown = schema.required?.includes(name) ? `**\`${path}\`**` : `\`${path}\``;
    const elsewhere = ELSEWHERE.get(name);
    const preset = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
    const cells = [shown, elsewhere ?? typeOf(field), preset, field.description ?? '', rulesOf(field)];
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    return elsewhere === undefined ? [row, ...children(field, path)] : [row];
  });
}

function children(field: StructuralSchema, path: string): string[] {
  if (field.items) return children(field.items, `${path}[]`);
  return rows(field, `${path}.`);
}

function typeOf(schema: StructuralSchema): string {
  if (schema['x-kubernetes-int-or-string']) return 'quantity';
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.items) return `[]${typeOf(schema.items)}`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  return schema.format === 'date-time' ? 'time' : (schema.type ?? '');
}

function rulesOf(schema: StructuralSchema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const keys = schema['x-kubernetes-list-map-keys'];
  return [
    bounds(minimum, maximum, 'from', ''),
    bounds(minLength, maxLength, '', ' characters'),
    bounds(minItems, maxItems, '', ' items'),
    pattern === undefined ? '' : `matches \`${pattern}\``,
    keys === undefined ? '' : `one each ${keys.map((key) => `\`${key}\``).join(' and ')}`,
    ...(schema['x-kubernetes-validations'] ?? []).map(({ message }) => message),
    ...(schema.items?.['x-kubernetes-validations'] ?? []).map(({ message }) => message),
  ]
    .filter((rule) => rule !== '')
    .join('; ');
}

function bounds(low: number | undefined, high: number | undefined, from: string, unit: string): string {
  if (low === undefined && high === undefined) return '';
  if (low === undefined) return `at most ${high ?? ''}${unit}`;
  if (high === undefined) return `at least ${low}${unit}`;
  return `${from} ${low} to ${high}${unit}`.trim();
}
