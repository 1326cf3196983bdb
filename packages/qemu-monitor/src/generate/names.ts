import type { Entity, ObjectEntity, TypeEntity } from './introspection.ts';

interface Step {
  readonly type: string;
  readonly name: string;
}

/**
 * Names for the types that introspection masks as numbers: each is called after the shortest way to it
 * (`BlockdevAddQcow2` = the variant qcow2 of blockdev-add's arguments), because the numbers change
 * with every build of QEMU and mean nothing to a reader.
 */
export function nameTypes(
  entities: readonly Entity[],
  types: ReadonlyMap<string, TypeEntity>,
): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  let steps = entities.flatMap(entrySteps);
  while (steps.length > 0) {
    steps = steps.flatMap(({ type, name }) => {
      const entity = types.get(type);
      if (entity === undefined || names.has(type)) return [];
      names.set(type, unusedName(name, taken));
      return stepsInto(entity, name.replace(/(Arguments|Return|Data)$/, ''));
    });
  }
  return names;
}

function entrySteps(entity: Entity): Step[] {
  const name = pascalCase(entity.name);
  switch (entity['meta-type']) {
    case 'command':
      return [
        { type: entity['arg-type'], name: `${name}Arguments` },
        { type: entity['ret-type'], name: `${name}Return` },
      ];
    case 'event':
      return [{ type: entity['arg-type'], name: `${name}Data` }];
    default:
      return [];
  }
}

function stepsInto(entity: TypeEntity, name: string): Step[] {
  switch (entity['meta-type']) {
    case 'array':
      return [{ type: entity['element-type'], name: `${name}Item` }];
    case 'alternate':
      return entity.members.map(({ type }) => ({ type, name: `${name}Choice` }));
    case 'object':
      return objectSteps(entity, name);
    case 'builtin':
    case 'enum':
      return [];
  }
}

function objectSteps({ members, variants = [] }: ObjectEntity, parent: string): Step[] {
  return [
    ...members.map(({ type, name }) => ({ type, name: parent + pascalCase(name) })),
    ...variants.map(({ type, case: name }) => ({ type, name: parent + pascalCase(name) })),
  ];
}

function unusedName(name: string, taken: Set<string>): string {
  let unused = name;
  for (let count = 2; taken.has(unused); count += 1) unused = `${name}${count}`;
  taken.add(unused);
  return unused;
}

/** `blockdev-add` and `BLOCK_JOB_READY` alike. */
function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + tail(word)).join('');
}

function tail(word: string): string {
  const rest = word.slice(1);
  return word === word.toUpperCase() ? rest.toLowerCase() : rest;
}
