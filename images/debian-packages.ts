import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, type BuildRequest, type Engine } from './engine.ts';
import type { DebianPackage } from './sbom.ts';

/** The Debian packages of which the request's image holds files, sorted by name; its stage `packages`. */
export async function debianPackages(engine: Engine, request: BuildRequest): Promise<DebianPackage[]> {
  const output = await mkdtemp(join(tmpdir(), 'hypersdk-packages-'));
  try {
    await buildImage(engine, { ...request, target: 'packages', output });
    const names = (await readdir(output)).sort();
    return await Promise.all(
      names.map(async (name) => parseStatus(await readFile(join(output, name), 'utf8'))),
    );
  } finally {
    await rm(output, { recursive: true });
  }
}

/** One paragraph of dpkg's status file: deb-control(5). */
function parseStatus(paragraph: string): DebianPackage {
  const field = (name: string): string => {
    const value = new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    if (value === undefined) throw new Error(`A recorded Debian package has no field ${name}`);
    return value;
  };
  return { name: field('Package'), version: field('Version'), architecture: field('Architecture') };
}
