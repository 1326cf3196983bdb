import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { assertAlive, ensureDaemon } from './daemon.ts';
import { instanceDirectory, type Instance } from './instance.ts';
import { ensurePackages } from './packages.ts';
import { waitFor } from './waiting.ts';

/** Below this path each file comes so slowly that there is time to break in on it. */
export const SLOWLY = 'slowly';

/** Debian's nginx serves the files under their own names to everything in the cluster, at `instance.imageServer.url`. */
export async function ensureImageServer(instance: Instance, files: readonly string[]): Promise<void> {
  await ensurePackages({ nginx: 'nginx' });
  const directory = join(instance.directory, 'guest-images');
  await mkdir(directory, { recursive: true });
  for (const name of await readdir(directory)) await rm(join(directory, name), { force: true });
  for (const file of files) await symlink(file, join(directory, basename(file)));
  const configuration = join(instance.directory, 'nginx.conf');
  await writeAtomically(configuration, nginxConfig(instance, directory));
  await ensureDaemon(instance, {
    name: 'image-server',
    command: ['nginx', '-e', 'stderr', '-c', configuration],
    configuration: [configuration],
  });
  await waitFor({ until: 'the image server answers', seconds: 20 }, async () => {
    await assertAlive(instance, 'image-server');
    return fetch(instance.imageServer.url).then(
      () => true,
      () => undefined,
    );
  });
}

export interface Download {
  readonly path: string;
  /** 206 where it was for a range. */
  readonly status: number;
  /** The Range header; `-` where none came. */
  readonly range: string;
}

/** What the image server has sent, in whole or until its client went, in that order. */
export async function downloadsOf(instance: string): Promise<Download[]> {
  const log = await readFile(accessLog(instanceDirectory(instance)), 'utf8');
  return [...log.matchAll(/^(\S+) (\d+) (.*)$/gm)].map(([, path = '', status, range = '']) => ({
    path,
    status: Number(status),
    range,
  }));
}

const accessLog = (directory: string): string => join(directory, 'downloads.log');

/** As root: the files may lie where nobody else can read. */
function nginxConfig({ directory, bridge, imageServer }: Instance, files: string): string {
  return `user root;
daemon off;
pid ${join(directory, 'nginx.pid')};
error_log stderr;
events {}
http {
  log_format download '$uri $status $http_range';
  access_log ${accessLog(directory)} download;
  default_type application/octet-stream;
  sendfile on;
  server {
    listen ${bridge.address}:${imageServer.port};
    root ${files};
    location /${SLOWLY}/ {
      alias ${files}/;
      limit_rate 10m;
    }
  }
}
`;
}
