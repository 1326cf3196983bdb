import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { FORMATS, GoldenVolume, MIB, sha256, withChecksum } from '../testing/golden-volume.ts';

describe('the import from a claim', () => {
  let volume: GoldenVolume;
  let source = '';
  before(async () => {
    volume = await GoldenVolume.open();
    source = join(volume.scratch, 'source');
  });
  after(() => volume.close());
  beforeEach(async () => {
    await volume.reset();
    await rm(source, { recursive: true, force: true });
    await mkdir(source);
  });

  const claim = (path?: string): Partial<ImportSpec> => ({
    source: {
      ...{ type: 'claim', name: 'given', volume: { type: 'filesystem', directory: source } },
      ...(path !== undefined && { path }),
    },
  });

  for (const format of FORMATS) {
    it(`copies a disk of ${format}, and leaves the source as it is`, async () => {
      const file = join(source, 'disk.img');
      await writeFile(file, volume.images[format]);
      const { mtimeMs } = await stat(file);
      const state = await volume.import(claim());
      assert.equal(state.virtualSize, 4 * MIB);
      await volume.assertGolden();
      assert.deepEqual(await readFile(file), volume.images[format]);
      assert.equal((await stat(file)).mtimeMs, mtimeMs);
    });
  }

  it('leaves an image alone that is there, unless it is to be made anew', async () => {
    const file = join(source, 'disk.img');
    await writeFile(file, Buffer.alloc(MIB));
    await volume.import(claim());
    await writeFile(file, volume.images.qcow2);
    assert.equal((await volume.import(claim())).virtualSize, MIB);
    const state = await volume.import({ ...claim(), isAnew: true });
    assert.equal(state.virtualSize, 4 * MIB);
    await volume.assertGolden();
  });

  it('takes a disk of one of our VMs, which is called otherwise', async () => {
    await writeFile(join(source, 'disk.qcow2'), volume.images.qcow2);
    await volume.import(claim());
    await volume.assertGolden();
  });

  it('takes a packed file by its path, and checks the checksum of that', async () => {
    const packed = gzipSync(volume.images.raw);
    await mkdir(join(source, 'disks'));
    await writeFile(join(source, 'disks/a.img.gz'), packed);
    await volume.import({ ...claim('disks/a.img.gz'), ...withChecksum(sha256(packed)) });
    await volume.assertGolden();
  });

  const isRoot = process.getuid?.() === 0;
  it('copies a block volume as the disk that it is', { skip: !isRoot }, async () => {
    const file = join(volume.scratch, 'device');
    await writeFile(file, volume.images.raw);
    const device = execFileSync('losetup', ['--find', '--show', file]).toString().trim();
    try {
      const state = await volume.import({
        source: { type: 'claim', name: 'given', volume: { type: 'block', device } },
        ...withChecksum(sha256(volume.images.raw)),
      });
      assert.equal(state.virtualSize, 4 * MIB);
      await volume.assertGolden();
    } finally {
      execFileSync('losetup', ['--detach', device]);
    }
  });

  interface Refusal {
    readonly by: string;
    readonly made: () => Promise<void>;
    readonly path?: string;
    readonly checksum?: string;
    readonly reason: string;
    readonly message: RegExp;
  }
  const image = (): Buffer => volume.images.qcow2;
  const refusals: Refusal[] = [
    {
      by: 'an empty claim',
      made: () => Promise.resolve(),
      reason: 'NotFound',
      message: /Claim given holds no file disk.img or disk.qcow2/,
    },
    {
      by: 'a path that is not there',
      made: () => writeFile(join(source, 'disk.img'), image()),
      path: 'other.img',
      reason: 'NotFound',
      message: /no file other.img/,
    },
    {
      by: 'a link out of the claim',
      made: () => symlink(join(volume.scratch, 'raw'), join(source, 'disk.img')),
      reason: 'UnsafeImage',
      message: /no file within its claim/,
    },
    {
      by: 'a path out of the claim',
      made: () => Promise.resolve(),
      path: '../raw',
      reason: 'UnsafeImage',
      message: /no file within its claim/,
    },
    {
      by: 'a wrong checksum',
      made: () => writeFile(join(source, 'disk.img'), image()),
      checksum: '0'.repeat(64),
      reason: 'ChecksumMismatch',
      message: /The disk in claim given has sha256/,
    },
    {
      by: 'a linked disk',
      made: async () => {
        const overlay = join(source, 'disk.qcow2');
        const backing = ['-u', '-b', '/etc/passwd', '-F', 'raw'];
        execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, overlay, '4M']);
        await chmod(overlay, 0o644);
      },
      reason: 'UnsafeImage',
      message: /refers to another file/,
    },
  ];
  for (const { by, made, path, checksum, reason, message } of refusals) {
    it(`that fails by ${by} is permanent and leaves nothing`, async () => {
      await made();
      const error = await volume.failure({ ...claim(path), ...(checksum && withChecksum(checksum)) });
      assert.equal(error.problem.reason, reason);
      assert.match(error.problem.message, message);
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(await volume.files(), []);
    });
  }
});
