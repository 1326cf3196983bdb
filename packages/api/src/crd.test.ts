import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rootSchema } from './crd.ts';
import { kinds } from './kinds.ts';
import type { StructuralSchema } from './structural-schema.ts';

type Visit = (schema: StructuralSchema, path: string) => string[];

/** Complaints of `visit` on every field below the schema. */
function everyField(schema: StructuralSchema, path: string, visit: Visit): string[] {
  const children = Object.entries({
    ...schema.properties,
    ...(schema.items && { '*': schema.items }),
    ...(schema.additionalProperties && { '*': schema.additionalProperties }),
  });
  return children.flatMap(([name, child]) => [
    ...visit(child, `${path}.${name}`),
    ...everyField(child, `${path}.${name}`, visit),
  ]);
}

function fieldsOf(part: 'spec' | 'status', visit: Visit): string[] {
  return kinds.flatMap((kind) =>
    everyField(rootSchema(kind).properties?.[part] ?? {}, `${kind.kind}.${part}`, visit),
  );
}

describe('the CRDs', () => {
  it('describe every field', () => {
    const missing: Visit = ({ description }, path) => (description || path.endsWith('*') ? [] : [path]);
    assert.deepEqual([...fieldsOf('spec', missing), ...fieldsOf('status', missing)], []);
  });

  it('tell items of a list of objects apart where a change of one must be seen', () => {
    const unkeyed: Visit = (schema, path) => {
      const rules = JSON.stringify(schema.items?.['x-kubernetes-validations'] ?? []);
      return rules.includes('oldSelf') && schema['x-kubernetes-list-type'] !== 'map' ? [path] : [];
    };
    assert.deepEqual(fieldsOf('spec', unkeyed), []);
  });

  it('bound every list and text of spec that rules are made of', () => {
    const unbounded: Visit = (schema, path) => {
      const endless =
        (schema.type === 'array' && schema.maxItems === undefined) ||
        (schema.type === 'string' &&
          schema['x-kubernetes-validations'] !== undefined &&
          schema.maxLength === undefined);
      return endless ? [path] : [];
    };
    assert.deepEqual(fieldsOf('spec', unbounded), []);
  });

  it('give no default to a field that a template may give', () => {
    const template = kinds.find(({ kind }) => kind === 'VMTemplate');
    assert.ok(template);
    const fields = rootSchema(template).properties?.['spec']?.properties?.['defaultSpec']?.properties ?? {};
    const preset = Object.entries(fields).filter(([, field]) => field.default !== undefined);
    assert.deepEqual(preset, []);
    assert.ok('cpus' in fields);
  });

  it('need no function of CEL that is newer than Kubernetes 1.29', () => {
    // A server lets new CRDs use what the release before it knew already, and ours start at 1.30.
    const known = [
      'all',
      'asApproximateFloat',
      'asInteger',
      'compareTo',
      'contains',
      'double',
      'exists',
      'exists_one',
      'filter',
      'getHost',
      'getScheme',
      'has',
      'isQuantity',
      'lowerAscii',
    ];
    known.push('isURL', 'matches', 'quantity', 'size', 'url');
    const rules = kinds.flatMap(
      (kind) => JSON.stringify(rootSchema(kind)).match(/"rule":"(\\.|[^"])*"/g) ?? [],
    );
    const called = rules.flatMap((rule) => [...rule.matchAll(/\b(\w+)\(/g)].map(([, name = '']) => name));
    assert.deepEqual(
      [...new Set(called)].filter((name) => !known.includes(name)),
      [],
    );
    assert.ok(called.includes('quantity'));
  });
});
