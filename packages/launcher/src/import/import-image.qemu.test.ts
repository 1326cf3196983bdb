import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { FORMATS, GoldenVolume, MIB, sha256, withChecksum } from '../testing/golden-volume.ts';

const packings: Record<string, (content: Buffer) => Buffer> = {
  gzip: (content) => gzipSync(content),
  zstd: (content) => zstdCompressSync(content),
  xz: (content) => execFileSync('xz', ['--stdout'], { input: content, maxBuffer: 64 * MIB }),
};

describe('importImage', () => {
  let volume: GoldenVolume;
  before(async () => {
    volume = await GoldenVolume.open();
  });
  after(() => volume.close());
  beforeEach(() => volume.reset());

  for (const format of FORMATS) {
    it(`makes a golden image from ${format} and leaves nothing else`, async () => {
      volume.server.content = volume.images[format];
      const checksum = sha256(volume.server.content);
      const state = await volume.import(withChecksum(checksum));
      assert.equal(state.phase, 'Ready');
      assert.equal(state.virtualSize, 4 * MIB);
      assert.equal(state.checksum, `sha256:${checksum}`);
      await volume.assertGolden();
    });
  }

  for (const [packing, pack] of Object.entries(packings)) {
    for (const format of ['raw', 'qcow2'] as const) {
      it(`unpacks ${format} from ${packing}; the checksum is the archive's`, async () => {
        volume.server.content = pack(volume.images[format]);
        await volume.import(withChecksum(sha256(volume.server.content)));
        await volume.assertGolden();
      });
    }
  }

  it('takes a sha512 too', async () => {
    const value = createHash('sha512').update(volume.server.content).digest('hex');
    const state = await volume.import({ checksum: { type: 'sha512', value } });
    assert.equal(state.checksum, `sha512:${value}`);
  });

  it('gives the zeros of an unpacked raw disk no room', async () => {
    const zeros = Buffer.alloc(64 * MIB);
    volume.server.content = gzipSync(zeros);
    const { virtualSize } = await volume.import();
    assert.equal(virtualSize, zeros.length);
    const { blocks } = await stat(join(volume.directory, 'image.qcow2'));
    assert.ok(blocks * 512 < MIB);
  });

  it('does nothing, with the same result, when the image is there', async () => {
    const first = await volume.import();
    assert.deepEqual(await volume.import(), first);
    assert.equal(volume.server.requests.length, 1);
  });

  it('never replaces an image with another', async () => {
    await volume.import();
    const error = await volume.failure(withChecksum('0'.repeat(64)));
    assert.equal(error.problem.reason, 'ImageMismatch');
    await volume.assertGolden();
  });

  it('takes a raw disk as raw when told so, whatever a guest wrote into it', async () => {
    const overlay = join(volume.scratch, 'overlay');
    const backing = ['-u', '-b', '/etc/passwd', '-F', 'raw'];
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, overlay, '4M']);
    volume.server.content = Buffer.concat([await readFile(overlay), Buffer.alloc(MIB)]).subarray(0, MIB);
    const { virtualSize } = await volume.import({ format: 'raw' });
    assert.equal(virtualSize, MIB);
  });

  it('takes up a download where it broke', async () => {
    const { server } = volume;
    server.faults.push({ cutAfter: MIB }, { status: 503 }, { cutAfter: MIB });
    await volume.import(withChecksum(sha256(server.content)));
    const starts = server.requests.map((range) => Number(/\d+/.exec(range ?? '0')?.[0]));
    assert.equal(starts.length, 4);
    assert.ok(starts[1]! > 0 && starts[3]! > starts[2]!, `ranges began at ${starts.join(', ')}`);
    await volume.assertGolden();
  });

  it('begins anew when the file has changed in between', async () => {
    const { server, images } = volume;
    server.content = images.raw;
    server.faults.push({ cutAfter: MIB });
    server.onRequest = () => {
      if (server.requests.length === 2) [server.content, server.etag] = [images.qcow2, '"two"'];
    };
    await volume.import(withChecksum(sha256(images.qcow2)));
    await volume.assertGolden();
  });

  it('begins anew where the server has no ranges', async () => {
    volume.server.ranges = false;
    volume.server.faults.push({ cutAfter: MIB });
    await volume.import();
    await volume.assertGolden();
  });

  it('follows redirects', async () => {
    volume.server.faults.push({ status: 302, redirectTo: volume.server.url });
    await volume.import();
    await volume.assertGolden();
  });

  it('downloads once more in one go when what it had resumed does not fit the checksum', async () => {
    const checksum = withChecksum(sha256(volume.server.content));
    const busy = { status: 503 };
    volume.server.faults.push({ cutAfter: MIB }, busy, busy);
    await volume.failure(checksum);
    const part = join(volume.directory, 'download.part');
    const spoilt = await readFile(part);
    await writeFile(part, spoilt.fill(7, 0, 512));
    await volume.import(checksum);
    assert.equal(volume.server.requests.at(-1), undefined);
    await volume.assertGolden();
  });
});
