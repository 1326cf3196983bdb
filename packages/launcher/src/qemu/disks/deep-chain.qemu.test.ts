/** Guarantee: a disk may consist of many layers, of which none is lost sight of, and is refused one too many. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { it } from 'node:test';
import { DISK_FILE, layerFile, MOST_LAYERS } from '@hypersdk/api/machine';
import { dropRunning } from '../../layers/drop-running.ts';
import { keepLayers } from '../../layers/keep-layers.ts';
import { content, write } from '../../testing/guest-writes.ts';
import { GuestlessQemu } from '../../testing/guestless-qemu.ts';
import { freezeDisk } from './freeze-disk.ts';
import { freezeRunning } from './freeze-running.ts';
import { queryQemu } from '../query.ts';

const idOf = (number: number): string => number.toString(16).padStart(8, '0');
/** Of the layers, half are there when QEMU starts, and half are made under it. */
const STARTED_WITH = MOST_LAYERS / 2;
const TOP = idOf(MOST_LAYERS - 1);

it('freezes, tells of, restarts and folds a disk of as many layers as it may have, and refuses more', async () => {
  const qemu = await GuestlessQemu.create('root');
  const { signal, disks } = qemu;
  const directory = dirname(qemu.file('root'));
  const freeze = (id: string) =>
    freezeRunning(qemu.client, { disks, id, signal, quiesce: (instant) => instant() });
  const chain = (top = MOST_LAYERS - 1): string[] =>
    [DISK_FILE, ...Array.from({ length: top }, (_, index) => layerFile(idOf(top - index)))].map((name) =>
      qemu.file('root', name),
    );
  const toldChain = async () => (await queryQemu(qemu.client, ['root'])).disks[0]?.chain;
  try {
    write(qemu.file('root'), 1, 0);
    for (let number = 1; number < STARTED_WITH; number++) {
      await freezeDisk({ directory, id: idOf(number), virtualSize: 8 * 1024 * 1024, signal });
    }
    write(qemu.file('root'), 2, 1);
    await qemu.start();
    for (let number = STARTED_WITH; number < MOST_LAYERS; number++) await freeze(idOf(number));
    await qemu.write('root', 3, 2);
    assert.deepEqual(await toldChain(), chain());
    await assert.rejects(freeze('ffffffff'), /Disk root consists of 64 layers/);
    assert.deepEqual(await toldChain(), chain());

    await qemu.kill();
    const work = { type: 'freeze', id: 'ffffffff' } as const;
    const spec = { disks: [{ name: 'root', directory }], work };
    const keeping = { images: qemu.root, signal };
    await assert.rejects(keepLayers(spec, keeping), /Disk root consists of 64 layers/);
    const [again] = (await keepLayers({ ...spec, work: { ...work, id: TOP } }, keeping)).frozen ?? [];
    assert.equal(again?.below.length, MOST_LAYERS - 2);
    await qemu.start();
    assert.deepEqual(await toldChain(), chain());
    await dropRunning(qemu.client, { disks, ids: [TOP], isShared: false, signal });
    assert.deepEqual(await toldChain(), chain(MOST_LAYERS - 2));
    await qemu.kill();
    assert.deepEqual(await content(qemu.file('root')), [1, 2, 3, 0]);
  } finally {
    await qemu.remove();
  }
});
