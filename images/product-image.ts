import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePackage, type Bundle } from './bundle.ts';
import { cached, cacheDirectory, contentKey } from './cache.ts';
import { debianPackages } from './debian-packages.ts';
import { ensureDebian } from './debian.ts';
import { buildImage, findEngine, saveImage, type Engine } from './engine.ts';
import { ensureNodeImage } from './node/image.ts';
import { productVersion, sourceFiles, type Product } from './product.ts';
import { writeRootFiles } from './root-files.ts';
import { sbom } from './sbom.ts';

export interface BuiltImage {
  /** `docker.io/hypersdk/<name>:<digits of the image's digest>`, which the archive's index names too. */
  readonly reference: string;
  /** An OCI archive, for `ctr images import` and its like. */
  readonly archive: string;
  /** SPDX document of the image's content, which it holds itself too. */
  readonly sbom: string;
}

/** The product's image, built unless one of the same sources is in the cache. */
export async function ensureProductImage(product: Product, log: (line: string) => void): Promise<BuiltImage> {
  const bundle = await bundlePackage(product.name, product.entryPoints);
  const version = await productVersion(product);
  const texts = [
    version,
    process.version,
    ...bundle.files.map(({ contents }) => Buffer.from(contents).toString()),
  ];
  const key = await contentKey({ texts, files: sourceFiles(product) });
  const directory = join(cacheDirectory, `${product.name}-${key}`);
  await cached(directory, async (staging) => {
    log(`building the ${product.name} image`);
    await buildProductImage(staging, { product, bundle, version, key, log });
  });
  return builtImage(product, directory);
}

async function builtImage({ name }: Product, directory: string): Promise<BuiltImage> {
  return {
    reference: await readFile(join(directory, 'reference'), 'utf8'),
    archive: join(directory, `${name}.oci.tar`),
    sbom: join(directory, `${name}.spdx.json`),
  };
}

interface BuildInput {
  readonly product: Product;
  readonly bundle: Bundle;
  readonly version: string;
  readonly key: string;
  readonly log: (line: string) => void;
}

/** Leaves `reference`, the archive and the SBOM in the directory. */
export async function buildProductImage(directory: string, input: BuildInput): Promise<void> {
  const { product, bundle, version, key, log } = input;
  const { name } = product;
  const engine = await findEngine();
  const debian = await ensureDebian(engine, log);
  const args = { BASE: debian, NODE: await ensureNodeImage(engine, debian, log), VERSION: version };
  const context = await mkdtemp(join(tmpdir(), 'hypersdk-image-'));
  try {
    const request = { containerfile: join(import.meta.dirname, name, 'Containerfile'), context, args };
    await copyFile(join(import.meta.dirname, 'collect-root'), join(context, 'collect-root'));
    const document = sbom({
      image: name,
      version,
      key,
      debian: await debianPackages(engine, request),
      npm: bundle.packages,
    });
    await writeRootFiles(join(context, 'rootfs'), product, bundle, document);
    await writeFile(join(directory, `${name}.spdx.json`), document);
    await save(engine, await buildImage(engine, request), name, directory);
  } finally {
    await rm(context, { recursive: true });
  }
}

async function save(engine: Engine, id: string, name: string, directory: string): Promise<void> {
  const reference = `docker.io/hypersdk/${name}:${id.slice(0, 12)}`;
  await mkdir(directory, { recursive: true });
  await saveImage(engine, id, reference, join(directory, `${name}.oci.tar`));
  await writeFile(join(directory, 'reference'), reference);
}
