import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { cached, cacheDirectory, contentKey } from './cache.ts';
import { buildImage, hasImage, pullImage, type Engine } from './engine.ts';
import { ensureHostPackages } from './host-packages.ts';

/** The Debian that everything stands on; both names move together. */
const SUITE = 'trixie';
const DATE = '20260803';
const PUBLIC_IMAGE = `docker.io/library/debian:${SUITE}-${DATE}-slim`;

/** The time that every file and image bears, so that equal inputs give equal bytes. */
export const SOURCE_DATE_EPOCH = Date.UTC(2026, 7, 3) / 1000;

export interface Debian {
  /** Base image in the engine's storage. */
  readonly reference: string;
  readonly source: 'registry' | 'mmdebstrap';
}

/** The base image: the public one, or where no registry can be reached one made from Debian's archive. */
export async function ensureDebian(engine: Engine, log: (line: string) => void): Promise<Debian> {
  const local = `localhost/hypersdk/debian:${SUITE}-${DATE}`;
  if (await hasImage(engine, PUBLIC_IMAGE)) return { reference: PUBLIC_IMAGE, source: 'registry' };
  if (await hasImage(engine, local)) return { reference: local, source: 'mmdebstrap' };
  if (await isReachable('registry-1.docker.io', 443)) {
    log(`pulling ${PUBLIC_IMAGE}`);
    await pullImage(engine, PUBLIC_IMAGE);
    return { reference: PUBLIC_IMAGE, source: 'registry' };
  }
  log(`no registry can be reached: making the base from Debian ${SUITE} with mmdebstrap`);
  const containerfile = join(import.meta.dirname, 'base/Containerfile');
  await buildImage(engine, { containerfile, context: await rootFileSystem(), args: {}, tag: local });
  return { reference: local, source: 'mmdebstrap' };
}

/** Directory with `rootfs.tar`. */
async function rootFileSystem(): Promise<string> {
  await ensureHostPackages(['mmdebstrap', 'debian-archive-keyring']);
  const sources = archiveSources();
  const directory = join(cacheDirectory, `debian-${await contentKey({ texts: [...sources, DATE] })}`);
  return cached(directory, async (staging) => {
    const options = ['--variant=minbase', '--aptopt=Acquire::Check-Valid-Until "false"'];
    await execa('mmdebstrap', [...options, SUITE, join(staging, 'rootfs.tar'), ...sources], {
      env: { SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH) },
      timeout: 1_200_000,
    });
  });
}

function archiveSources(): string[] {
  const mirror = 'http://deb.debian.org';
  return [
    `deb ${mirror}/debian ${SUITE} main`,
    `deb ${mirror}/debian ${SUITE}-updates main`,
    `deb ${mirror}/debian-security ${SUITE}-security main`,
  ];
}

async function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 });
    const answer = (reachable: boolean) => () => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}
