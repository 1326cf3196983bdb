import type { CommandArguments, QmpClient } from 'qemu-monitor';
import type { Certificates } from '../../certificates.ts';
import { nodeName } from '../devices/disk.ts';
import { refusable, unlessRefused } from '../refusable.ts';
import { nbdNode } from './client-node.ts';
import { tlsCredentials, withCredentials } from './credentials.ts';

/** Seconds. A new pod for the disk is up sooner; a guest that waits longer is stopped, and loses nothing by it. */
const RECONNECT_DELAY = 60;

/** A disk that another pod serves. */
export interface RemoteDisk {
  /** Socket of its relay. */
  readonly socket: string;
  /** The name in the server's certificate. */
  readonly server: string;
  /** Ours. */
  readonly certificates: Certificates;
  /** A directory that QEMU sees, too. */
  readonly directory: string;
}

/** Gives QEMU the block node of a disk that another pod serves. */
export async function openRemoteDisk(disk: string, remote: RemoteDisk, client: QmpClient): Promise<void> {
  const { certificates, directory, socket, server } = remote;
  const id = credentialsId(disk);
  // One that a crashed attempt left may hold old certificates.
  await forgetRemoteDisk(disk, client);
  await withCredentials(directory, { certificates, endpoint: 'client' }, async (files) => {
    const credentials = tlsCredentials(id, 'client', files) as CommandArguments<'object-add'>;
    await refusable(disk, () => client.execute('object-add', credentials));
  });
  const from = { exportName: disk, server, credentials: id, reconnectDelay: RECONNECT_DELAY };
  const node = {
    ...nbdNode({ ...from, address: { type: 'unix', path: socket } }),
    ...{ 'node-name': nodeName(disk), discard: 'unmap', 'detect-zeroes': 'unmap' },
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
