import type { MachineDisk } from '@hypersdk/api/machine';
import { type CommandArguments, CommandError, type QmpClient, TimeoutError } from 'qemu-monitor';
import { blockNode, diskDeviceId, nodeName } from './devices/disk.ts';
import { observeDisk, type ReadyDisk } from './disk.ts';
import { diskFailure } from './image-failure.ts';
import { makeDisk } from './make-disk.ts';
import type { Making } from './making.ts';

/** Milliseconds in which a guest that has locked the tray may let the medium go. */
const UNLOCK_TIMEOUT = 10_000;

export interface Changing extends Making {
  readonly client: QmpClient;
  /** Where golden images lie. */
  readonly images: string;
}

/**
 * Puts a medium into a drive of the running machine in the place of the one that is there; none leaves the drive empty.
 * What a crashed attempt has done is taken as it is. A guest that holds the medium is asked for it, and then not asked
 * any more: a medium is only ever read, so nothing is lost.
 */
export async function changeMedium(
  drive: string,
  medium: MachineDisk | undefined,
  changing: Changing,
): Promise<void> {
  const ready = medium && (await readyMedium(medium, changing));
  try {
    await takeOut(drive, changing.client);
    if (ready) await putIn(drive, ready, changing.client);
    await changing.client.execute('blockdev-close-tray', { id: diskDeviceId(drive) });
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(drive, error) : error;
  }
}

async function readyMedium(medium: MachineDisk, changing: Changing): Promise<ReadyDisk> {
  const { images, signal } = changing;
  const found = await observeDisk(medium, images, signal);
  if (found.state === 'ready') return found;
  await makeDisk(medium, changing);
  const made = await observeDisk(medium, images, signal);
  if (made.state === 'ready') return made;
  throw new Error(`medium ${medium.name} was made and is not there`);
}

async function takeOut(drive: string, client: QmpClient): Promise<void> {
  const id = diskDeviceId(drive);
  await openTray(drive, client);
  await client.execute('blockdev-remove-medium', { id });
  const nodes = await client.execute('query-named-block-nodes', { flat: true });
  if (!nodes.some((node) => node['node-name'] === nodeName(drive))) return;
  await client.execute('blockdev-del', { 'node-name': nodeName(drive) });
}

async function putIn(drive: string, { layers, directIo }: ReadyDisk, client: QmpClient): Promise<void> {
  const attached = { name: drive, device: 'cdrom', layers, directIo } as const;
  // The same properties as in QEMU's arguments; QEMU checks them in both places.
  await client.execute('blockdev-add', blockNode(attached) as unknown as CommandArguments<'blockdev-add'>);
  await client.execute('blockdev-insert-medium', { id: diskDeviceId(drive), 'node-name': nodeName(drive) });
}

async function openTray(drive: string, client: QmpClient): Promise<void> {
  const id = diskDeviceId(drive);
  const since = client.mark();
  // Where the guest has locked the tray, this asks it, and succeeds with the tray closed.
  await client.execute('blockdev-open-tray', { id });
  if (await isOpen(id, client)) return;
  try {
    await client.waitForEvent(['DEVICE_TRAY_MOVED'], {
      ...{ since, timeout: UNLOCK_TIMEOUT },
      where: ({ data }) => data.id === id && data['tray-open'],
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    await client.execute('blockdev-open-tray', { id, force: true });
  }
}

async function isOpen(id: string, client: QmpClient): Promise<boolean> {
  const devices = await client.execute('query-block');
  return devices.find(({ qdev }) => qdev === id)?.tray_open ?? false;
}
