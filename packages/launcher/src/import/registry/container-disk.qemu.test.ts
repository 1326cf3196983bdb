import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import { GoldenVolume, MIB, sha256, withChecksum } from '../../testing/golden-volume.ts';
import { digestOf, layer, RegistryServer } from '../../testing/registry-server.ts';

const nothing = Buffer.from('nothing of interest');

describe('the import of a container disk', () => {
  let volume: GoldenVolume;
  let registry: RegistryServer;
  before(async () => {
    volume = await GoldenVolume.open();
  });
  after(() => volume.close());
  beforeEach(async () => {
    await volume.reset();
    registry = await RegistryServer.start();
  });
  afterEach(() => {
    registry.stop();
  });

  const containerDisk = (changes: { image?: string; path?: string } = {}): Partial<ImportSpec> => ({
    source: { type: 'containerDisk', image: `${registry.host}/disk`, plainHttp: true, ...changes },
  });

  const packings: [name: string, compress: (tar: Buffer) => Buffer][] = [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
    ['no compression', (tar) => tar],
  ];
  for (const [name, compress] of packings) {
    it(`takes the disk out of a layer of ${name}`, async () => {
      registry.push([await layer({ 'disk/': 'directory', 'disk/disk.img': volume.images.qcow2 }, compress)]);
      const state = await volume.import(containerDisk());
      assert.equal(state.virtualSize, 4 * MIB);
      assert.equal(state.checksum, `sha256:${sha256(volume.images.qcow2)}`);
      await volume.assertGolden();
    });
  }

  it('converts a raw disk, and checks the checksum of the disk', async () => {
    registry.push([await layer({ './disk/disk.raw': volume.images.raw })]);
    await volume.import({ ...containerDisk(), ...withChecksum(sha256(volume.images.raw)) });
    await volume.assertGolden();
  });

  it('takes the topmost of several layers that has a disk', async () => {
    registry.push([
      await layer({ 'disk/disk.img': volume.images.vdi }),
      await layer({ 'disk/disk.img': volume.images.qcow2 }),
      await layer({ 'etc/hosts': nothing }),
    ]);
    await volume.import(containerDisk());
    await volume.assertGolden();
  });

  it('does not take what a layer above has removed', async () => {
    registry.push([
      await layer({ 'disk/a.img': volume.images.qcow2 }),
      await layer({ 'disk/b.img': volume.images.vdi }),
      await layer({ 'disk/.wh.b.img': Buffer.alloc(0) }),
    ]);
    await volume.import(containerDisk());
    await volume.assertGolden();
  });

  it('takes another file by its path', async () => {
    registry.push([await layer({ 'disk/a.img': nothing, 'images/b.qcow2': volume.images.qcow2 })]);
    await volume.import(containerDisk({ path: '/images/b.qcow2' }));
    await volume.assertGolden();
  });

  it('goes on with a layer where its download broke', async () => {
    registry.push([await layer({ 'disk/disk.img': volume.images.qcow2 })]);
    registry.cutAfter = MIB;
    await volume.import(containerDisk());
    assert.match(registry.ranges[1] ?? '', /^bytes=[1-9]/);
    await volume.assertGolden();
  });

  it('logs in with the pull secret', async () => {
    registry.password = 'puller:secret';
    registry.push([await layer({ 'disk/disk.img': volume.images.qcow2 })]);
    const denied = await volume.failure(containerDisk());
    assert.equal(denied.problem.reason, 'AccessDenied');
    const auth = Buffer.from('puller:secret').toString('base64');
    const config = JSON.stringify({ auths: { [registry.host]: { auth } } });
    await volume.writeCredentials({ 'config.json': config });
    await volume.import(containerDisk());
    await volume.assertGolden();
  });

  const failures: { name: string; reason: string; push: () => Promise<void>; image?: string }[] = [
    {
      name: 'a layer that is not what its digest says',
      reason: 'ChecksumMismatch',
      push: async () => {
        const disk = await layer({ 'disk/disk.img': volume.images.qcow2 });
        registry.push([disk]);
        registry.spoil(disk);
      },
    },
    {
      name: 'an image without a disk',
      reason: 'NotAnImage',
      push: async () => {
        registry.push([await layer({ 'etc/hosts': nothing })]);
      },
    },
    {
      name: 'an image with two disks',
      reason: 'AmbiguousDisk',
      push: async () => {
        registry.push([await layer({ 'disk/a.img': volume.images.vdi, 'disk/b.img': volume.images.vdi })]);
      },
    },
    {
      name: 'an image for other processors only',
      reason: 'NotAnImage',
      push: async () => {
        registry.push([await layer({ 'disk/disk.img': volume.images.qcow2 })], ['arm64', 's390x']);
      },
    },
    { name: 'a tag that does not exist', reason: 'NotFound', image: ':none', push: () => Promise.resolve() },
    {
      name: 'a digest that does not exist',
      reason: 'NotFound',
      image: `@${digestOf(nothing)}`,
      push: () => Promise.resolve(),
    },
  ];
  for (const { name, reason, push, image = '' } of failures) {
    it(`refuses ${name} and leaves nothing`, async () => {
      await push();
      const error = await volume.failure(containerDisk({ image: `${registry.host}/disk${image}` }));
      assert.equal(error.problem.reason, reason);
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(await volume.files(), []);
    });
  }

  it('speaks TLS unless told otherwise', async () => {
    registry.push([await layer({ 'disk/disk.img': volume.images.qcow2 })]);
    const source = { type: 'containerDisk', image: `${registry.host}/disk`, plainHttp: false } as const;
    assert.equal((await volume.failure({ source })).problem.reason, 'TLSFailed');
  });
});
