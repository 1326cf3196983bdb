import type { CommandArguments, QmpClient } from 'qemu-monitor';
import type { Certificates } from '../../http/certificates.ts';
import { overlayNode } from '../disks/active-node.ts';
import { nodeName } from '../devices/disk.ts';
import type { Properties } from '../devices/options.ts';
import { refusable, unlessRefused } from '../disks/refusable.ts';
import { nbdNode } from './client-node.ts';
import { tlsCredentials, withCredentials } from './credentials.ts';

/** Seconds. A new pod for the disk is up sooner; a guest that waits longer is stopped, and loses nothing by it. */
const RECONNECT_DELAY = 60;

/** A disk that another pod serves. */
export interface RemoteDisk {
  readonly exportName: string;
  /** Socket of its relay. */
  readonly socket: string;
  /** The name in the server's certificate. */
  readonly server: string;
  /** Ours. */
  readonly certificates: Certificates;
  /** A directory that QEMU sees, too. */
  readonly directory: string;
}

/** Gives QEMU the block node of a disk that another pod serves, and the guest writes to. */
export function openRemoteDisk(disk: string, remote: RemoteDisk, client: QmpClient): Promise<void> {
  const node = { 'node-name': nodeName(disk), discard: 'unmap', 'detect-zeroes': 'unmap' };
  return openRemote(disk, node, { remote, client });
}

/** The same of a medium, for the drive of this name; which one it is can be told by the node. */
export function openRemoteMedium(
  drive: string,
  id: string,
  opening: { readonly remote: RemoteDisk; readonly client: QmpClient },
): Promise<void> {
  return openRemote(drive, { 'node-name': overlayNode(drive, id), 'read-only': true }, opening);
}

async function openRemote(
  disk: string,
  properties: Properties,
  { remote, client }: { readonly remote: RemoteDisk; readonly client: QmpClient },
): Promise<void> {
  const { certificates, directory, socket, server, exportName } = remote;
  const id = credentialsId(disk);
  // One that a crashed attempt left may hold old certificates.
  await forgetRemoteDisk(disk, client);
  await withCredentials(directory, { certificates, endpoint: 'client' }, async (files) => {
    const credentials = tlsCredentials(id, 'client', files) as CommandArguments<'object-add'>;
    await refusable(disk, () => client.execute('object-add', credentials));
  });
  const from = { exportName, server, credentials: id, reconnectDelay: RECONNECT_DELAY };
  const node = {
    ...nbdNode({ ...from, address: { type: 'unix', path: socket } }),
    ...properties,
  };
  // The properties of the driver, which QEMU checks.
  const added = node as unknown as CommandArguments<'blockdev-add'>;
  await refusable(disk, () => client.execute('blockdev-add', added));
}

/** What is left of a disk whose node is gone, or was not made; a disk that was never served has nothing. */
export async function forgetRemoteDisk(disk: string, client: QmpClient): Promise<void> {
  await unlessRefused(client.execute('object-del', { id: credentialsId(disk) }));
}

const credentialsId = (disk: string): string => `tls-${nodeName(disk)}`;
