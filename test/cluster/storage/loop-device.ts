/** A file as a block device: of a size that cannot be exceeded, which a directory does not have. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const SYSFS = '/sys/block';
const TIMEOUT = 30_000;

/** The device that shows this file; made where there is none. */
export async function ensureLoopDevice(file: string, signal: AbortSignal): Promise<string> {
  const device = await loopDeviceOf(file);
  if (device !== undefined) return device;
  const { stdout } = await losetup(['--find', '--show', file], signal);
  return stdout.trim();
}

/** Shows what has been added to the file. */
export async function enlargeLoopDevice(file: string, signal: AbortSignal): Promise<string> {
  const device = await ensureLoopDevice(file, signal);
  await losetup(['--set-capacity', device], signal);
  return device;
}

/** At once, or as soon as nobody has it open or mounted. */
export async function detachLoopDevices(below: string, signal: AbortSignal): Promise<void> {
  for (const { device, file } of await loopDevices()) {
    if (file === below || file.startsWith(`${below}/`)) await losetup(['--detach', device], signal);
  }
}

async function loopDeviceOf(file: string): Promise<string | undefined> {
  return (await loopDevices()).find((loop) => loop.file === file)?.device;
}

async function loopDevices(): Promise<{ device: string; file: string }[]> {
  const names = (await readdir(SYSFS).catch(() => [])).filter((name) => name.startsWith('loop'));
  const loops = names.map(async (name) => {
    const file = await readFile(join(SYSFS, name, 'loop/backing_file'), 'utf8').catch(() => undefined);
    return file === undefined
      ? []
      : [{ device: `/dev/${name}`, file: file.trim().replace(/ \(deleted\)$/, '') }];
  });
  return (await Promise.all(loops)).flat();
}

const losetup = (parameters: readonly string[], cancelSignal: AbortSignal) =>
  execa('losetup', parameters, { cancelSignal, timeout: TIMEOUT });
