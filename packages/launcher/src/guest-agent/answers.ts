/** The agent's answers, by QEMU's guest agent protocol reference. A guest may say anything: all is cut to size. */
import { isIP } from 'node:net';
import type { GuestFileSystem, GuestInterface } from '@hypersdk/api/machine';
import * as z from 'zod';

const TEXT_LENGTH = 256;
const MAX_ADDRESSES = 16;
const MAX_FILE_SYSTEMS = 32;

/** Images that are mounted as they are, one for each snap. They are full and stay so. */
const IMAGE_TYPE = 'squashfs';

const text = z.string().transform((value) => value.replace(/\p{Cc}/gu, '').slice(0, TEXT_LENGTH));

export const Version = z.object({ version: text }).transform(({ version }) => version);

export const Hostname = z.object({ 'host-name': text }).transform((answer) => answer['host-name']);

export const OperatingSystem = z
  .object({ 'pretty-name': text.optional(), name: text.optional() })
  .transform((answer) => answer['pretty-name'] ?? answer.name);

const Address = z.object({ 'ip-address': z.string(), prefix: z.int().min(0).max(128) });

const Interface = z.object({
  name: text,
  'hardware-address': z.string().optional(),
  'ip-addresses': z.array(Address).default([]),
});

export const Interfaces = z.array(Interface);

/** Those of the machine's networks: what a guest nests in itself, such as containers, is its own affair. */
export function machineInterfaces(
  interfaces: z.infer<typeof Interfaces>,
  macs: readonly string[],
): GuestInterface[] {
  return macs.flatMap((mac) => {
    // A bridge or bond in the guest bears the MAC of its port, and the addresses.
    const sharing = interfaces.filter((found) => found['hardware-address']?.toLowerCase() === mac);
    const main = sharing.find((found) => addressesOf(found).length > 0) ?? sharing[0];
    const addresses = sharing.flatMap(addressesOf).sort(inOrder).slice(0, MAX_ADDRESSES);
    return main ? [{ name: main.name, mac, addresses }] : [];
  });
}

/** The agent's own order is not said to stay. IPv4 first, as people read it. */
function inOrder(a: string, b: string): number {
  return Number(a.includes(':')) - Number(b.includes(':')) || (a < b ? -1 : 1);
}

function addressesOf(found: z.infer<typeof Interface>): string[] {
  return found['ip-addresses']
    .filter((address) => isIP(address['ip-address']) !== 0 && !/^fe[89ab]/i.test(address['ip-address']))
    .map((address) => `${address['ip-address']}/${address.prefix}`);
}

const FileSystem = z.object({
  mountpoint: text,
  type: text,
  'total-bytes': z.int().nonnegative().optional().catch(undefined),
  'used-bytes': z.int().nonnegative().optional().catch(undefined),
});

/** One a mount point, by the mount point's name. */
export const FileSystems = z.array(FileSystem).transform((found) => {
  const byMountPoint = new Map(found.map((item) => [item.mountpoint, item]));
  return [...byMountPoint.values()]
    .filter(({ type }) => type !== IMAGE_TYPE)
    .sort((a, b) => (a.mountpoint < b.mountpoint ? -1 : 1))
    .slice(0, MAX_FILE_SYSTEMS)
    .map(fileSystem);
});

function fileSystem({ mountpoint, type, ...sizes }: z.infer<typeof FileSystem>): GuestFileSystem {
  const { 'total-bytes': size, 'used-bytes': used } = sizes;
  return {
    mountPoint: mountpoint,
    type,
    ...(size !== undefined && { size }),
    ...(size && used !== undefined && { usedPercent: Math.min(Math.ceil((100 * used) / size), 100) }),
  };
}
