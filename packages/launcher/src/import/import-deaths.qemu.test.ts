/** Guarantee: whatever step an importer is killed at, the next one makes the image whole, and nothing lies beside it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { deathsOf } from '../testing/deaths.ts';
import { GoldenVolume } from '../testing/golden-volume.ts';

describe('an importer that is killed', () => {
  let volume: GoldenVolume;
  before(async () => {
    volume = await GoldenVolume.open();
  });
  after(() => volume.close());
  beforeEach(() => volume.reset());

  const images = [
    { name: 'a qcow2 image', content: () => volume.images.qcow2, least: 10 },
    { name: 'an archive of an image to convert', content: () => gzipSync(volume.images.raw), least: 15 },
  ];
  for (const { name, content, least } of images) {
    it(`at any step leaves ${name} to its successor`, async () => {
      const deaths = await deathsOf(async (death) => {
        await volume.reset();
        volume.server.content = content();
        const [, signal] = (await once(volume.run({}, death), 'exit')) as [number | null, string | null];
        await volume.import();
        await volume.assertGolden();
        return signal === 'SIGKILL';
      });
      console.error(name, deaths);
      assert.ok(deaths >= least, `it has ${deaths} steps`);
    });
  }
});
