import { type MachineDisk, mediumId } from '@hypersdk/api/machine';
import { type CommandArguments, CommandError, type QmpClient, TimeoutError } from 'qemu-monitor';
import { overlayId, overlayNode } from '../disks/active-node.ts';
import { blockNode, diskDeviceId, nodeName } from '../devices/disk.ts';
import { observeDisk, type ReadyDisk } from '../disks/disk.ts';
import { diskFailure } from '../disks/image-failure.ts';
import { makeDisk } from '../disks/make-disk.ts';
import type { Making } from '../disks/making.ts';
import { forgetRemoteDisk, openRemoteMedium, type RemoteDisk } from '../nbd/remote-disk.ts';

/** Milliseconds in which a guest that has locked the tray may let the medium go. */
const UNLOCK_TIMEOUT = 10_000;

export interface Changing extends Making {
  readonly client: QmpClient;
  /** Where golden images lie. */
  readonly images: string;
  /** Where the medium comes from when another pod serves it. */
  readonly remote: RemoteDisk | undefined;
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
  const node = medium && (await mediumNode(drive, medium, changing));
  try {
    await takeOut(drive, changing.client);
    if (node) await putIn(drive, await node.open(), changing.client);
    await changing.client.execute('blockdev-close-tray', { id: diskDeviceId(drive) });
  } catch (error) {
    throw error instanceof CommandError ? diskFailure(drive, error) : error;
  }
}

/** What can be done before the drive is open is done by then; `open` resolves with the name of the node. */
async function mediumNode(
  drive: string,
  medium: MachineDisk,
  changing: Changing,
): Promise<{ readonly open: () => Promise<string> }> {
  const { client, remote } = changing;
  if (!remote) {
    const ready = await readyMedium(medium, changing);
    return { open: () => openMedium(drive, ready, client) };
  }
  const id = mediumId(medium.volume);
  const open = async (): Promise<string> => {
    await openRemoteMedium(drive, id, { remote, client });
    return overlayNode(drive, id);
  };
  return { open };
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
  for (const { 'node-name': name = '' } of nodes) {
    const isServed = overlayId(name, drive) !== undefined;
    if (name !== nodeName(drive) && !isServed) continue;
    await client.execute('blockdev-del', { 'node-name': name });
    if (isServed) await forgetRemoteDisk(drive, client);
  }
}

async function openMedium(
  drive: string,
  { layers, directIo }: ReadyDisk,
  client: QmpClient,
): Promise<string> {
  const attached = { name: drive, device: 'cdrom', layers, directIo } as const;
  // The same properties as in QEMU's arguments; QEMU checks them in both places.
  await client.execute('blockdev-add', blockNode(attached) as unknown as CommandArguments<'blockdev-add'>);
  return nodeName(drive);
}

const putIn = (drive: string, node: string, client: QmpClient): Promise<unknown> =>
  client.execute('blockdev-insert-medium', { id: diskDeviceId(drive), 'node-name': node });

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
