/**
 * The names by which QEMU knows the files of a disk. QEMU opens a file anew now and then, by its name; so that has to be one
 * that stays the same file's for as long as QEMU runs, which `disk.qcow2` does not: a freeze gives it to another file.
 */
import { link, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DISK_FILE, type MachineDisk } from '@hypersdk/api/machine';
import { hasCode } from '../../files/errno.ts';
import type { AttachedDisk, DiskLayer } from '../devices/disk.ts';

const STARTED = 'started.qcow2';
const overlayFile = (id: string): string => `overlay-${id}.qcow2`;
/** Of a layer that QEMU was started with: folding gives layers each other's names. */
const BELOW = 'below-';
const isLasting = (name: string): boolean => name === STARTED || /^(overlay|below)-.*\.qcow2$/.test(name);

/** Of the overlay that QEMU goes on in after the freeze of this id. */
export const overlayPath = (directory: string, id: string): string => join(directory, overlayFile(id));

/** Whether a node can be frozen whose file QEMU knows by this name. */
export const hasLastingName = (file: string): boolean => isLasting(basename(file));

/** The file as everybody else names it. */
export function ownName(file: string): string {
  if (!hasLastingName(file)) return file;
  const name = basename(file);
  return join(dirname(file), name.startsWith(BELOW) ? name.slice(BELOW.length) : DISK_FILE);
}

/** A disk as QEMU is to open it; none has it open now. A volume that takes no second names has disks that cannot be frozen. */
export async function withLastingName(attached: AttachedDisk, disk: MachineDisk): Promise<AttachedDisk> {
  const [active, ...below] = attached.layers;
  if (!active || disk.volume.type === 'block' || disk.device !== 'disk') return attached;
  const { directory } = disk.volume;
  const names = (await readdir(directory)).filter(isLasting);
  for (const name of names) await rm(join(directory, name), { force: true });
  const file = join(directory, STARTED);
  const isNamed = await secondName(active.file, file);
  if (!isNamed) return attached;
  const named = await Promise.all(below.map((layer) => layerWithLastingName(layer, directory)));
  return { ...attached, layers: [{ ...active, file }, ...named] };
}

/**
 * The same for a disk that another QEMU has open still, which is to hand it over: the names are the other's, and of those
 * that it has the active file's is taken.
 */
export async function withSharedName(attached: AttachedDisk, disk: MachineDisk): Promise<AttachedDisk> {
  const [active, ...below] = attached.layers;
  if (!active || disk.volume.type === 'block' || disk.device !== 'disk') return attached;
  const { directory } = disk.volume;
  const { ino } = await stat(active.file);
  for (const name of (await readdir(directory)).filter(isLasting)) {
    const file = join(directory, name);
    if ((await stat(file)).ino !== ino) continue;
    return { ...attached, layers: [{ ...active, file }, ...below] };
  }
  return attached;
}

async function layerWithLastingName(layer: DiskLayer, directory: string): Promise<DiskLayer> {
  if (dirname(layer.file) !== directory) return layer;
  const file = join(directory, BELOW + basename(layer.file));
  await link(layer.file, file);
  return { ...layer, file };
}

/** Takes away the names of files that QEMU has closed, which would take room for ever. The active file keeps its own. */
export async function removeUnusedNames(directory: string, used: ReadonlySet<string>): Promise<void> {
  const active = await stat(join(directory, DISK_FILE));
  for (const name of (await readdir(directory)).filter(isLasting)) {
    const path = join(directory, name);
    if (used.has(path) || (await stat(path)).ino === active.ino) continue;
    await rm(path, { force: true });
  }
}

async function secondName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].some((code) => hasCode(error, code)))
      return false;
    throw error;
  }
}
