import type { CapturedSchema, Entity, Featured, ObjectEntity, TypeEntity } from './introspection.ts';
import { nameTypes } from './names.ts';

/** Takes the properties of any device besides its own arguments, which introspection cannot say. */
const OPEN_ARGUMENTS: ReadonlySet<string> = new Set(['device_add']);

interface Context {
  readonly types: ReadonlyMap<string, TypeEntity>;
  readonly names: ReadonlyMap<string, string>;
}

/** The TypeScript module that describes every command and event of `schema`. */
export function renderSchema({ qemu, entities: unsorted }: CapturedSchema): string {
  const entities = unsorted.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const types = new Map(entities.filter(isType).map((entity) => [entity.name, entity]));
  const context = { types, names: nameTypes(entities, types) };
  const oob = entities.filter((entity) => entity['meta-type'] === 'command' && entity['allow-oob'] === true);
  return [
    `/** Generated from the schema of QEMU ${qemu} by packages/qemu-monitor/generate.ts; not to be edited. */`,
    `import type { Integer } from '../json.ts';`,
    `export const SCHEMA_VERSION = ${literal(qemu)};`,
    `export interface Empty { readonly [name: string]: never }`,
    `export interface Commands {\n${entities.map((entity) => renderCommand(entity, context)).join('')}}`,
    `export type OobCommandName = ${oob.map(({ name }) => literal(name)).join(' | ')};`,
    `export interface Events {\n${entities.map((entity) => renderEvent(entity, context)).join('')}}`,
    ...[...context.names].sort(byName).flatMap(([type, name]) => renderType(type, name, context)),
    '',
  ].join('\n\n');
}

function isType(entity: Entity): entity is TypeEntity {
  return entity['meta-type'] !== 'command' && entity['meta-type'] !== 'event';
}

function byName([, a]: readonly [string, string], [, b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function renderCommand(entity: Entity, context: Context): string {
  if (entity['meta-type'] !== 'command') return '';
  const open = OPEN_ARGUMENTS.has(entity.name) ? ' & { readonly [property: string]: unknown }' : '';
  const args = reference(entity['arg-type'], context) + open;
  const returns = reference(entity['ret-type'], context);
  return `${notes(entity)}  ${literal(entity.name)}: { arguments: ${args}; return: ${returns} };\n`;
}

function renderEvent(entity: Entity, context: Context): string {
  if (entity['meta-type'] !== 'event') return '';
  return `${notes(entity)}  ${entity.name}: ${reference(entity['arg-type'], context)};\n`;
}

/** Only objects and enums are declared; everything else is written where it is used. */
function renderType(type: string, name: string, context: Context): string[] {
  const entity = context.types.get(type);
  if (entity === undefined || isEmpty(entity)) return [];
  switch (entity['meta-type']) {
    case 'enum':
      return [`export type ${name} = ${entity.members.map((member) => literal(member.name)).join(' | ')};`];
    case 'object':
      return [renderObject(entity, name, context)];
    case 'array':
    case 'alternate':
    case 'builtin':
      return [];
  }
}

function renderObject(entity: ObjectEntity, name: string, context: Context): string {
  const { tag, variants = [] } = entity;
  if (tag === undefined) return `export interface ${name} ${renderMembers(entity, context)}`;
  const cases = variants.map((variant) => {
    const only = `{ readonly ${literal(tag)}: ${literal(variant.case)} }`;
    return isEmpty(context.types.get(variant.type))
      ? only
      : `(${only} & ${reference(variant.type, context)})`;
  });
  return `export type ${name} = ${renderMembers(entity, context)} & (\n  | ${cases.join('\n  | ')}\n);`;
}

function renderMembers({ members, tag }: ObjectEntity, context: Context): string {
  const lines = members
    .filter(({ name }) => name !== tag)
    .map((member) => {
      const optional = 'default' in member ? '?' : '';
      return `${notes(member)}  readonly ${literal(member.name)}${optional}: ${reference(member.type, context)};\n`;
    });
  return `{\n${lines.join('')}}`;
}

function reference(type: string, context: Context): string {
  const entity = context.types.get(type);
  if (entity === undefined) throw new Error(`the schema has no type ${type}`);
  switch (entity['meta-type']) {
    case 'builtin':
      return BUILTINS[entity['json-type']];
    case 'array':
      return `readonly (${reference(entity['element-type'], context)})[]`;
    case 'alternate':
      return entity.members.map((member) => reference(member.type, context)).join(' | ');
    case 'enum':
    case 'object':
      return isEmpty(entity) ? 'Empty' : (context.names.get(type) ?? 'unknown');
  }
}

const BUILTINS = {
  string: 'string',
  number: 'number',
  int: 'Integer',
  boolean: 'boolean',
  null: 'null',
  value: 'unknown',
} as const;

function isEmpty(entity: TypeEntity | undefined): boolean {
  return entity?.['meta-type'] === 'object' && entity.members.length === 0 && entity.tag === undefined;
}

function notes({ features = [] }: Featured): string {
  const tags = [
    ...(features.includes('deprecated') ? ['@deprecated by QEMU'] : []),
    ...(features.includes('unstable') ? ['@experimental unstable in QEMU'] : []),
  ];
  return tags.length > 0 ? `  /** ${tags.join(' ')} */\n` : '';
}

function literal(text: string): string {
  return `'${text}'`;
}
