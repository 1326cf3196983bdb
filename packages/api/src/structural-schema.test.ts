import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { structuralSchema } from './structural-schema.ts';

const field = (schema: z.ZodType) => structuralSchema(z.object({ field: schema })).properties?.['field'];

describe('structuralSchema', () => {
  it('says an integer without the bounds of a JavaScript number', () => {
    assert.deepEqual(field(z.int()), { type: 'integer', format: 'int64' });
    assert.deepEqual(field(z.int().min(1).max(9)), {
      type: 'integer',
      format: 'int32',
      minimum: 1,
      maximum: 9,
    });
  });

  it('says a time by its format alone', () => {
    assert.deepEqual(field(z.iso.datetime()), { type: 'string', format: 'date-time' });
  });

  it('says a number or string in the one form that Kubernetes knows', () => {
    const either = z.union([z.int(), z.string().regex(/^a$/)]).meta({ 'x-kubernetes-int-or-string': true });
    assert.deepEqual(field(either.describe('Text.')), {
      description: 'Text.',
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      pattern: '^a$',
      'x-kubernetes-int-or-string': true,
    });
  });

  it('does not require a field that has a default', () => {
    const schema = structuralSchema(
      z.object({ a: z.boolean().default(true), b: z.boolean(), c: z.string().optional() }),
    );
    assert.deepEqual(schema.required, ['b']);
    assert.deepEqual(schema.properties?.['a'], { type: 'boolean', default: true });
  });

  it('names the place of what a CRD cannot say', () => {
    const union = z.object({ list: z.array(z.union([z.string(), z.boolean()])) });
    assert.throws(() => field(union), new TypeError('.field.list.*: a CRD has no anyOf'));
  });
});
