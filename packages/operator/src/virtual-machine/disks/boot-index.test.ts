import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Disk } from '@hypersdk/api';
import { bootIndexOf } from './boot-index.ts';

const cdrom = { type: 'cdrom' };
const cases: { what: string; disks: object[]; indices: (number | undefined)[] }[] = [
  {
    what: 'the first disk, where nothing is said',
    disks: [cdrom, {}, {}],
    indices: [undefined, 1, undefined],
  },
  { what: 'what is said', disks: [{ bootOrder: 2 }, { bootOrder: 1 }, {}], indices: [2, 1, undefined] },
  { what: 'a medium before the disk', disks: [{}, { ...cdrom, bootOrder: 1 }], indices: [2, 1] },
];

describe('the boot order has', () => {
  for (const { what, disks, indices } of cases) {
    it(what, () => {
      const parsed = disks.map((fields, at) => Disk.parse({ name: `disk-${at}`, size: '1Gi', ...fields }));
      assert.deepEqual(
        parsed.map((disk) => bootIndexOf(disk, parsed)),
        indices,
      );
    });
  }
});
