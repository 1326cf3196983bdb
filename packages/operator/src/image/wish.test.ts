import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMTemplate } from '@hypersdk/api';
import { aTemplate } from '../testing/images.ts';
import { aVirtualMachine } from '../testing/machines.ts';
import { maySee } from './templates.ts';
import { aVmImage } from '../testing/images.ts';
import { imageName, ownWish, templateOwnWish, vmImageWish } from './wish.ts';

const source = { http: { url: 'http://images.test/ubuntu.qcow2' } };
const nameOf = (image: Partial<VMTemplate['spec']['image']>): string =>
  imageName(templateOwnWish(aTemplate({ spec: { image: { source, ...image } } }))!);

describe('the name of an image', () => {
  const sha256 = { type: 'sha256' as const, value: 'ab'.repeat(32) };

  it('is the same for the same wish, however it is written', () => {
    const upper = { type: 'sha256' as const, value: sha256.value.toUpperCase() };
    assert.equal(nameOf({ checksum: sha256 }), nameOf({ checksum: upper }));
    assert.equal(
      nameOf({ checksum: sha256 }),
      nameOf({ source: { http: { ...source.http, checksum: sha256 } } }),
    );
    assert.equal(nameOf({ size: '1Gi' }), nameOf({ size: '1024Mi' }));
  });

  it('is the same for a VM that names the source itself', () => {
    const wish = ownWish(aVirtualMachine({ spec: { image: { source } } }));
    assert.equal(wish && imageName(wish), nameOf({}));
  });

  it('is another for anything else', () => {
    const disks = [{ ...aVirtualMachine().spec.disks![0]!, storageClass: 'fast' }];
    const elsewhere = ownWish(aVirtualMachine({ spec: { image: { source }, disks } }));
    const names = [
      nameOf({}),
      nameOf({ checksum: sha256 }),
      nameOf({ format: 'raw' }),
      nameOf({ size: '1Gi' }),
      nameOf({ source: { http: { url: 'http://images.test/debian.qcow2' } } }),
      elsewhere && imageName(elsewhere),
    ];
    assert.equal(new Set(names).size, names.length);
  });
});

describe('the checksum of a VMImage', () => {
  const checksum = { type: 'sha256', value: 'cd'.repeat(32) } as const;
  const prepare = { onMissing: 'Import', retries: 4 } as const;
  const rows: [validateChecksum: boolean | undefined, wanted: typeof checksum | undefined][] = [
    [undefined, checksum],
    [true, checksum],
    [false, undefined],
  ];
  for (const [validateChecksum, wanted] of rows) {
    it(`is ${wanted ? '' : 'not '}looked at where validateChecksum is ${validateChecksum}`, () => {
      const vmImage = aVmImage({ spec: { source, checksum, prepare: { ...prepare, validateChecksum } } });
      assert.deepEqual(vmImageWish(vmImage).checksum, wanted);
    });
  }
});

describe('a template', () => {
  const rows: [sharedWith: string[] | undefined, namespace: string, may: boolean][] = [
    [undefined, 'default', true],
    [undefined, 'team-a', false],
    [['team-b'], 'team-a', false],
    [['team-b', 'team-a'], 'team-a', true],
    [['*'], 'team-a', true],
  ];
  for (const [sharedWith, namespace, may] of rows) {
    it(`of default, shared with ${sharedWith?.join() ?? 'nobody'}, is ${may ? '' : 'not '}for ${namespace}`, () => {
      const template = aTemplate({ spec: { ...aTemplate().spec, sharedWith } });
      assert.equal(maySee(aVirtualMachine({ metadata: { namespace } }), template), may);
    });
  }
});
