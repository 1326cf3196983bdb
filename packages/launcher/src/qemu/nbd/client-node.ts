/** The client's side: what QEMU's block layer, or `qemu-img`, needs to open an export of another pod. */
import type { Properties } from '../devices/options.ts';
import { tlsCredentials } from './credentials.ts';

/** `path` is a socket of a `Relay` of this pod, which knows where the server is. */
export type NbdAddress =
  | { readonly type: 'inet'; readonly host: string; readonly port: number }
  | { readonly type: 'unix'; readonly path: string };

export interface RemoteExport {
  readonly address: NbdAddress;
  readonly exportName: string;
  /** The name in the server's certificate; addresses change. */
  readonly server: string;
  /** Id of the `tlsCredentials` of this side. */
  readonly credentials: string;
  /** Seconds that requests wait for a server that is away; after that they fail. 0: they fail at once. */
  readonly reconnectDelay: number;
}

/** For `blockdev-add`, or as the child of another node. */
export function nbdNode(remote: RemoteExport): Properties {
  const { address } = remote;
  const server = address.type === 'inet' ? { ...address, port: String(address.port) } : address;
  return {
    driver: 'nbd',
    server,
    export: remote.exportName,
    'tls-creds': remote.credentials,
    'tls-hostname': remote.server,
    'reconnect-delay': remote.reconnectDelay,
  };
}

/** Arguments by which `qemu-img` reads it: `qemu-img convert ...remoteImage(...) -O qcow2 target`. */
export function remoteImage(remote: RemoteExport, directory: string): string[] {
  const credentials = tlsCredentials(remote.credentials, 'client', directory);
  const image = { driver: 'raw', file: nbdNode(remote) };
  return ['--object', JSON.stringify(credentials), `json:${JSON.stringify(image)}`];
}
