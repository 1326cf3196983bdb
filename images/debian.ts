import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDirectory, locked } from './cache.ts';
import { archiveSources, DATE, PUBLIC_IMAGE, SOURCE_DATE_EPOCH, SUITE } from './debian-archive.ts';
import { buildImage, hasImage, pullImage, type Engine } from './engine.ts';
import { ensureHostPackages } from './host-packages.ts';
import { isReachable } from './reachable.ts';

/** The base image's name in the engine's storage; made from the registry's Debian, or by mmdebstrap. */
export async function ensureDebian(engine: Engine, log: (line: string) => void): Promise<string> {
  const tag = `localhost/hypersdk/debian:${SUITE}-${DATE}`;
  return locked(join(cacheDirectory, 'debian.lock'), async () => {
    if (await hasImage(engine, tag)) return tag;
    const sources = await archiveSources(log);
    if (await canPull(engine, log)) await configurePublicImage(engine, tag, sources);
    else await makeRootFileSystem(engine, tag, sources, log);
    return tag;
  });
}

async function canPull(engine: Engine, log: (line: string) => void): Promise<boolean> {
  if (!(await isReachable('registry-1.docker.io', 443))) return false;
  log(`pulling ${PUBLIC_IMAGE}`);
  try {
    await pullImage(engine, PUBLIC_IMAGE);
    return true;
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    return false;
  }
}

async function configurePublicImage(engine: Engine, tag: string, sources: readonly string[]): Promise<void> {
  const context = join(import.meta.dirname, 'base');
  const args = { PUBLIC: PUBLIC_IMAGE, SOURCES: sources.join('\n') };
  await buildImage(engine, { containerfile: join(context, 'Containerfile'), context, args, tag });
}

async function makeRootFileSystem(
  engine: Engine,
  tag: string,
  sources: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  log(`no registry can be reached: making the base from Debian ${SUITE} with mmdebstrap`);
  await ensureHostPackages(['mmdebstrap', 'debian-archive-keyring']);
  const context = await mkdtemp(join(tmpdir(), 'hypersdk-debian-'));
  try {
    const options = ['--variant=minbase', '--aptopt=Acquire::Check-Valid-Until "false"'];
    await execa('mmdebstrap', [...options, SUITE, join(context, 'rootfs.tar'), ...sources], {
      env: { SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH) },
      timeout: 1_200_000,
    });
    const containerfile = join(import.meta.dirname, 'base/rootfs.Containerfile');
    await buildImage(engine, { containerfile, context, args: {}, tag });
  } finally {
    await rm(context, { recursive: true });
  }
}
