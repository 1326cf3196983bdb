/**
 * Volumes that hold what they were asked for and no more: a file, shown as a block device. As a file system it is mounted
 * within each node, which share one kernel and so one file system; as a block volume, nodes have the device.
 */
import { existsSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { parseBytes } from '@hypersdk/api';
import { detachLoopDevices, enlargeLoopDevice, ensureLoopDevice } from './loop-device.ts';

export interface SizedVolume {
  /** Where volumes lie. */
  readonly directory: string;
  readonly name: string;
  /** Files that hold a mount namespace open: each node's. */
  readonly mountNamespaces: readonly string[];
}

/** Mounted on every node when this resolves; resolves with the path there. */
export async function ensureFileSystem(
  volume: SizedVolume,
  size: string,
  signal: AbortSignal,
): Promise<string> {
  const file = backing(volume);
  if (!existsSync(file)) {
    await reserve(partial(file), LARGEST);
    await execa('sh', ['-euc', makeFileSystem, partial(file), file], { cancelSignal: signal });
  }
  const device = await ensureLoopDevice(file, signal);
  for (const namespace of volume.mountNamespaces) {
    await within(namespace, mountOnce, [device, mountPoint(volume)], signal);
  }
  await giveRoom(volume, size, signal);
  return join(mountPoint(volume), HOME);
}

/**
 * The file system is as large as it will ever be, and ballast takes what was not asked for: to enlarge a mounted one takes
 * CAP_SYS_RESOURCE, which not every machine has.
 */
async function giveRoom(volume: SizedVolume, size: string, signal: AbortSignal): Promise<void> {
  const [namespace] = volume.mountNamespaces;
  if (namespace === undefined) throw new Error('no node could mount the volume');
  await within(namespace, setRoom, [mountPoint(volume), String(parseBytes(size)), HOME], signal);
}

/** The path of a device node that any user may open, the same on all nodes. */
export async function ensureBlockDevice(
  volume: SizedVolume,
  size: string,
  signal: AbortSignal,
): Promise<string> {
  await reserve(backing(volume), size);
  const device = await ensureLoopDevice(backing(volume), signal);
  const node = mountPoint(volume);
  await execa('sh', ['-euc', makeNode, device, node], { cancelSignal: signal });
  return node;
}

/** Whoever has it mounted or open sees the new size at once. */
export async function growSizedVolume(volume: SizedVolume, size: string, signal: AbortSignal): Promise<void> {
  if ((await stat(mountPoint(volume))).isDirectory()) return giveRoom(volume, size, signal);
  await reserve(backing(volume), size);
  await enlargeLoopDevice(backing(volume), signal);
}

export async function removeSizedVolume(volume: SizedVolume, signal: AbortSignal): Promise<void> {
  for (const namespace of volume.mountNamespaces) {
    await within(namespace, 'umount "$0" 2>/dev/null || ! mountpoint -q "$0"', [mountPoint(volume)], signal);
  }
  await detachLoopDevices(backing(volume), signal);
  await rm(mountPoint(volume), { recursive: true, force: true });
  await rm(partial(backing(volume)), { force: true });
  await rm(backing(volume), { force: true });
}

export const isSized = (volume: SizedVolume): boolean => existsSync(backing(volume));

const LARGEST = '4Gi';
/** The part of the file system that pods see. */
const HOME = 'volume';

/** A rename makes it whole, for a provisioner that dies on the way. */
const makeFileSystem = 'mkfs.ext4 -q -F -m 0 -N 256 -O ^has_journal -E nodiscard "$0"; mv "$0" "$1"';
const mountOnce = 'mkdir -p "$1"; mountpoint -q "$1" || mount -t ext4 "$0" "$1"';
// The kubelet does not apply a pod's fsGroup to a host path, and pods do not run as root.
const setRoom = `cd "$0"; mkdir -p "$2"; chmod 0777 "$2"
[ -s capacity ] || { echo $(($(stat -f -c '%a*%S' .))) >capacity.new; mv capacity.new capacity; }
ballast=$(($(cat capacity) - $1 - 65536))
if [ -e ballast ]; then truncate -s "$ballast" ballast; else fallocate -l "$ballast" ballast.new; mv ballast.new ballast; fi`;
const makeNode = 'rm -f "$1"; mknod -m 0666 "$1" b $(lsblk -dno MAJ:MIN "$0" | tr ":" " ")';

/** Sparse: what nobody has written takes no room. Never makes it smaller. */
async function reserve(file: string, size: string): Promise<void> {
  const handle = await open(file, 'a');
  try {
    const bytes = parseBytes(size);
    if ((await handle.stat()).size < bytes) await handle.truncate(bytes);
  } finally {
    await handle.close();
  }
}

async function within(
  namespace: string,
  script: string,
  parameters: readonly string[],
  cancelSignal: AbortSignal,
): Promise<void> {
  await execa('nsenter', [`--mount=${namespace}`, 'sh', '-euc', script, ...parameters], { cancelSignal });
}

const mountPoint = ({ directory, name }: SizedVolume): string => join(directory, name);
const backing = ({ directory, name }: SizedVolume): string => join(directory, `${name}.img`);
const partial = (file: string): string => `${file}.partial`;
