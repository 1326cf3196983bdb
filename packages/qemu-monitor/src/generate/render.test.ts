import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entity } from './introspection.ts';
import { renderSchema } from './render.ts';

const entities: readonly Entity[] = [
  { 'meta-type': 'builtin', name: 'str', 'json-type': 'string' },
  { 'meta-type': 'builtin', name: 'int', 'json-type': 'int' },
  { 'meta-type': 'builtin', name: 'null', 'json-type': 'null' },
  { 'meta-type': 'object', name: '0', members: [] },
  { 'meta-type': 'command', name: 'open-disk', 'arg-type': '1', 'ret-type': '[5]', 'allow-oob': true },
  { 'meta-type': 'command', name: 'old', 'arg-type': '0', 'ret-type': '0', features: ['deprecated'] },
  { 'meta-type': 'event', name: 'DISK_GONE', 'arg-type': '5' },
  {
    'meta-type': 'object',
    name: '1',
    members: [
      { name: 'driver', type: '2' },
      { name: 'size', type: 'int', default: null },
    ],
    tag: 'driver',
    variants: [
      { case: 'raw', type: '0' },
      { case: 'qcow2', type: '3' },
    ],
  },
  { 'meta-type': 'enum', name: '2', members: [{ name: 'raw' }, { name: 'qcow2' }] },
  { 'meta-type': 'object', name: '3', members: [{ name: 'backing', type: '4', features: ['unstable'] }] },
  { 'meta-type': 'alternate', name: '4', members: [{ type: '1' }, { type: 'null' }] },
  { 'meta-type': 'array', name: '[5]', 'element-type': '5' },
  { 'meta-type': 'object', name: '5', members: [{ name: 'node-name', type: 'str' }] },
];

describe('renderSchema', () => {
  const text = renderSchema({ qemu: '10.0.0', entities }).replaceAll(/\s+/g, ' ');

  const wanted = [
    "export const SCHEMA_VERSION = '10.0.0';",
    "'open-disk': { arguments: OpenDiskArguments; return: readonly (DiskGoneData)[] };",
    "/** @deprecated by QEMU */ 'old': { arguments: Empty; return: Empty };",
    "export type OobCommandName = 'open-disk';",
    'export interface Events { DISK_GONE: DiskGoneData; }',
    "export interface DiskGoneData { readonly 'node-name': string; }",
    "export type OpenDiskDriver = 'raw' | 'qcow2';",
    "export type OpenDiskArguments = { readonly 'size'?: Integer; } & ( | { readonly 'driver': 'raw' } | ({ readonly 'driver': 'qcow2' } & OpenDiskQcow2) );",
    "export interface OpenDiskQcow2 { /** @experimental unstable in QEMU */ readonly 'backing': OpenDiskArguments | null; }",
  ];
  for (const declaration of wanted) {
    it(`declares ${declaration}`, () => {
      assert.ok(text.includes(declaration), text);
    });
  }

  it('names types the same in whatever order and by whatever numbers QEMU has them', () => {
    const renumbered = JSON.stringify(entities.toReversed()).replaceAll('"3"', '"77"');
    const again = renderSchema({ qemu: '10.0.0', entities: JSON.parse(renumbered) as Entity[] });
    assert.equal(again.replaceAll(/\s+/g, ' '), text);
  });

  it('refuses a schema that refers to what it does not have', () => {
    const lost: Entity = { 'meta-type': 'event', name: 'X', 'arg-type': '9' };
    assert.throws(() => renderSchema({ qemu: '', entities: [lost] }), /no type 9/);
  });
});
