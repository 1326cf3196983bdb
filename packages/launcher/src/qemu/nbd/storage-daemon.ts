/** The server's side where no QEMU has the disk open: qemu-storage-daemon, which holds the image's lock as QEMU would. */
import { onlyClient, tlsCredentials } from './credentials.ts';
import type { Properties } from '../devices/options.ts';

export const STORAGE_DAEMON = 'qemu-storage-daemon';

export interface ServedNode {
  /** What is served, such as `blockNode()` of a disk; it carries a `node-name`. */
  readonly node: Properties;
  /** By which clients ask for it. */
  readonly exportName: string;
  readonly writable: boolean;
}

export interface Service {
  readonly nodes: readonly ServedNode[];
  readonly port: number;
  /** Directory of `writeCredentials`. */
  readonly credentials: string;
  /** Common name of the only certificate that is let in. */
  readonly client: string;
  /** Written once clients may connect. */
  readonly pidFile: string;
}

/**
 * Each write is on stable storage before it is answered for (`writethrough`). A client whose server dies connects to the
 * next one and flushes there; what the dead one only had in its memory, such as a qcow2 image's tables, would be lost.
 */
export function storageDaemonArguments({ nodes, port, credentials, client, pidFile }: Service): string[] {
  const address = { type: 'inet', host: '::', port: String(port) };
  return [
    ...option('object', tlsCredentials(TLS, 'server', credentials)),
    ...option('object', onlyClient(CLIENT, client)),
    ...nodes.flatMap(({ node }) => option('blockdev', node)),
    ...option('nbd-server', { addr: address, 'tls-creds': TLS, 'tls-authz': CLIENT }),
    ...nodes.flatMap((served, index) => option('export', nbdExport(served, index))),
    ...['--pidfile', pidFile],
  ];
}

function nbdExport({ node, exportName, writable }: ServedNode, index: number): Properties {
  const served = { 'node-name': node['node-name'], name: exportName, writable, writethrough: writable };
  return { type: 'nbd', id: `export${index}`, ...served };
}

const TLS = 'tls0';
const CLIENT = 'client0';

function option(name: string, properties: Properties): string[] {
  return [`--${name}`, JSON.stringify(properties)];
}
