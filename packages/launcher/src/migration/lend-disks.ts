/** The source's side of `fetch-disk.ts`: files of the disks' volumes for the pod that is to take the guest in. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MachineDisk } from '@hypersdk/api/machine';
import { diskPath } from '../qemu/disks/disk.ts';
import { imageInfo } from '../qemu/disks/disk-image.ts';
import { sendJson } from '../http/server.ts';
import { isLentFile, LENT, type LentDisk } from './lent-disk.ts';

export interface Lending {
  readonly disks: readonly MachineDisk[];
  /** Whether somebody works on the layers now, which are not to be read then. */
  readonly isBusy: () => Promise<boolean>;
}

/** Milliseconds. */
const LOOK_TIMEOUT = 10_000;

/** `GET /migration/disks/<disk>` -> LentDisk, `GET /migration/disks/<disk>/<file>` -> its bytes. */
export async function lendDisks(
  { disks, isBusy }: Lending,
  url: string,
  response: ServerResponse,
): Promise<void> {
  const [name = '', file] = url.slice(LENT.length).split('/');
  const disk = disks.find((each) => each.name === name);
  if (disk?.volume.type !== 'filesystem' || (file !== undefined && !isLentFile(file))) {
    // Not 404: that is the answer of a launcher that lends nothing.
    sendJson(response, 410, { message: `nothing is lent of ${url}` });
    return;
  }
  if (await isBusy()) {
    sendJson(response, 503, { message: 'the layers of the disks are being worked on' });
    return;
  }
  if (file === undefined) sendJson(response, 200, await lentDisk(disk));
  else await sendFile(join(dirname(diskPath(disk)), file), response);
}

async function lentDisk(disk: MachineDisk): Promise<LentDisk> {
  const path = diskPath(disk);
  const signal = AbortSignal.timeout(LOOK_TIMEOUT);
  const { virtualSize, backing } = await imageInfo(path, { format: 'qcow2', isOpen: true, signal });
  const names = (await readdir(dirname(path))).filter(isLentFile).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(join(dirname(path), name))).size })),
  );
  return { virtualSize, ...(backing && { backing: backing.name }), files };
}

async function sendFile(path: string, response: ServerResponse): Promise<void> {
  const { size } = await stat(path);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
  await pipeline(createReadStream(path, { highWaterMark: CHUNK }), response);
}

/** Bytes. */
const CHUNK = 256 * 1024;
