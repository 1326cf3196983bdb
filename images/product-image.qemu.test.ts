import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildProductImage, ensureProductImage, type BuiltImage } from './product-image.ts';
import { launcher, operator, type Product } from './product.ts';
import { openArchive, type OpenedArchive } from './testing/oci-archive.ts';

interface Spdx {
  readonly packages: readonly { name: string; versionInfo: string }[];
}

const cases: { product: Product; user: string; holds: string[]; lists: string[] }[] = [
  {
    product: operator,
    user: '65532:65532',
    holds: ['usr/local/bin/node', 'usr/lib/hypersdk/main.js', 'etc/ssl/certs/ca-certificates.crt'],
    lists: ['node', 'libc6', 'zod', '@hypersdk/operator'],
  },
  {
    product: launcher,
    user: '107:107',
    holds: [
      ...['usr/bin/qemu-system-x86_64', 'usr/bin/qemu-img', 'usr/share/seabios/bios-256k.bin'],
      ...[
        'usr/local/bin/launcher',
        'usr/local/bin/importer',
        'usr/local/bin/copier',
        'usr/local/bin/attacher',
        'usr/local/bin/disk-server',
      ],
      ...['usr/bin/swtpm', 'usr/share/OVMF/OVMF_CODE_4M.secboot.fd', 'usr/share/OVMF/OVMF_VARS_4M.ms.fd'],
      ...['usr/local/bin/guest-network', 'usr/sbin/dnsmasq', 'usr/sbin/nft', 'usr/bin/ip', 'usr/bin/perl'],
    ],
    lists: [
      'node',
      'qemu-system-x86',
      'seabios',
      'ovmf',
      'swtpm',
      'dnsmasq-base',
      'nftables',
      'iproute2',
      'qemu-monitor',
      '@hypersdk/launcher',
    ],
  },
];

for (const { product, user, holds, lists } of cases) {
  describe(`the ${product.name} image`, () => {
    let built: BuiltImage;
    let image: OpenedArchive;

    before(async () => {
      built = await ensureProductImage(product, console.error);
      image = await openArchive(built.archive);
    });

    after(() => image[Symbol.asyncDispose]());

    it('bears its whole reference in the archive, as containerd takes it', () => {
      assert.match(built.reference, new RegExp(`^docker\\.io/hypersdk/${product.name}:[0-9a-f]{12}$`));
      assert.deepEqual(image.references, [built.reference]);
    });

    it('runs as a user without rights and says what it is', () => {
      assert.equal(image.config.User, user);
      assert.equal(image.config.Labels['org.opencontainers.image.licenses'], 'Apache-2.0');
    });

    it('holds what it runs, and nothing that is setuid, setgid, or of another than root', () => {
      const paths = new Set(image.files.map(({ path }) => path));
      assert.deepEqual(
        holds.filter((path) => !paths.has(path)),
        [],
      );
      assert.deepEqual(
        image.files.filter(({ mode }) => /s/i.test(mode)),
        [],
      );
      assert.deepEqual(
        image.files.filter(({ owner }) => owner !== '0/0'),
        [],
      );
    });

    it('lists its content in an SPDX document, inside and beside', async () => {
      const document = await readFile(built.sbom, 'utf8');
      assert.equal(await image.read(`usr/share/sbom/${product.name}.spdx.json`), document.trimEnd());
      // Our own document.
      const { packages } = JSON.parse(document) as Spdx;
      const names = packages.map(({ name }) => name);
      assert.deepEqual(
        lists.filter((name) => !names.includes(name)),
        [],
      );
      assert.ok(packages.every(({ versionInfo }) => versionInfo !== ''));
    });

    it('comes out the same when it is built again', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'image-again-'));
      try {
        const again = await buildProductImage(directory, product, {
          log: console.error,
          scratch: join(directory, 'layers'),
        });
        await using rebuilt = await openArchive(again.archive);
        assert.equal(again.reference, built.reference);
        assert.deepEqual(rebuilt.layers, image.layers);
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  });
}

describe('both images', () => {
  it('stand on one layer, so that a node keeps Node.js once', async () => {
    await using first = await openArchive((await ensureProductImage(operator, console.error)).archive);
    await using second = await openArchive((await ensureProductImage(launcher, console.error)).archive);
    assert.equal(first.layers[0], second.layers[0]);
  });
});
