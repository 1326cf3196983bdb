import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePackages, type Bundle } from './bundle.ts';
import { cached, cacheDirectory, contentKey, keepNewest } from './cache.ts';
import { debianPackages } from './debian-packages.ts';
import { ensureDebian } from './debian.ts';
import { buildImage, findEngine, saveImage, type BuildRequest, type Engine } from './engine.ts';
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

export interface ProductBuild {
  readonly log: (line: string) => void;
  /** Make anew all that comes after the installation of packages, with layers in this directory only. */
  readonly scratch?: string;
}

/** What an image is made from, and digits that stand for all of it. */
interface Sources {
  readonly bundle: Bundle;
  readonly version: string;
  readonly key: string;
}

/** The product's image, built unless one of the same sources is in the cache. */
export async function ensureProductImage(product: Product, log: (line: string) => void): Promise<BuiltImage> {
  const sources = await readSources(product);
  const directory = join(cacheDirectory, `${product.name}-${sources.key}`);
  await cached(directory, async (staging) => {
    log(`building the ${product.name} image`);
    await build(staging, product, sources, { log });
    // Not only this one: a cluster of another checkout may be about to take an earlier one.
    await keepNewest(product.name, 5);
  });
  return builtImage(product, directory);
}

/** Builds the image into the directory, whatever the cache holds. */
export async function buildProductImage(
  directory: string,
  product: Product,
  options: ProductBuild,
): Promise<BuiltImage> {
  await build(directory, product, await readSources(product), options);
  return builtImage(product, directory);
}

async function readSources(product: Product): Promise<Sources> {
  const bundle = await bundlePackages(product.entryPoints);
  const version = await productVersion(product);
  const texts = bundle.files.map(({ path, contents }) => `${path}\n${Buffer.from(contents).toString()}`);
  const key = await contentKey({ texts: [version, process.version, ...texts], files: sourceFiles(product) });
  return { bundle, version, key };
}

async function builtImage({ name }: Product, directory: string): Promise<BuiltImage> {
  return {
    reference: await readFile(join(directory, 'reference'), 'utf8'),
    archive: join(directory, `${name}.oci.tar`),
    sbom: join(directory, `${name}.spdx.json`),
  };
}

async function build(directory: string, product: Product, sources: Sources, options: ProductBuild) {
  const { log, scratch } = options;
  const engine = await findEngine(scratch);
  const debian = await ensureDebian(engine, log);
  const node = await ensureNodeImage(engine, debian, log);
  const context = await mkdtemp(join(tmpdir(), 'hypersdk-image-'));
  try {
    await copyFile(join(import.meta.dirname, 'collect-root'), join(context, 'collect-root'));
    const containerfile = join(import.meta.dirname, product.name, 'Containerfile');
    const args = { BASE: debian, NODE: node, VERSION: sources.version, REBUILD: scratch ?? '' };
    const request = { containerfile, context, args };
    const document = await describeContent(engine, request, product, sources);
    await writeFile(join(directory, `${product.name}.spdx.json`), document);
    await writeRootFiles(join(context, 'rootfs'), product, sources.bundle, document);
    await save(engine, await buildImage(engine, request), product, directory);
  } finally {
    await rm(context, { recursive: true });
  }
}

async function describeContent(
  engine: Engine,
  request: BuildRequest,
  { name }: Product,
  { bundle, version, key }: Sources,
): Promise<string> {
  const debian = await debianPackages(engine, request);
  return sbom({ image: name, version, key, debian, npm: bundle.packages });
}

async function save(engine: Engine, id: string, { name }: Product, directory: string): Promise<void> {
  const reference = `docker.io/hypersdk/${name}:${id.slice(0, 12)}`;
  await saveImage(engine, id, reference, join(directory, `${name}.oci.tar`));
  await writeFile(join(directory, 'reference'), reference);
}
