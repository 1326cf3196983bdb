/** What a guest does to a disk, without a guest: it fills whole megabytes with one byte each. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm, writeFile } from 'node:fs/promises';
import { waitForLine } from './console-file.ts';
import { remembered } from './remembered.ts';

const MIB = 1024 * 1024;

const qemuImg = (...args: string[]): void => {
  execFileSync('qemu-img', args, { stdio: 'ignore' });
};

export function write(file: string, byte: number, at: number, format = 'qcow2'): void {
  const place = ['-o', String(at * MIB), '-s', String(MIB), '-c', '1', '-d', '1'];
  qemuImg('bench', '-w', `--pattern=${byte}`, ...place, '-f', format, file);
}

/** The byte that each of the disk's first megabytes begins with, as a guest sees them. */
export async function content(file: string, megabytes = 4, raw = `${file}.content`): Promise<number[]> {
  if (file.startsWith('nbd')) return converted(file, 'raw', raw, megabytes);
  return remembered(`content ${megabytes}`, file, () => converted(file, 'qcow2', raw, megabytes));
}

/** Throws where QEMU finds fault with the layer, which may be open. */
export function check(file: string): Promise<void> {
  return remembered('check', file, () => {
    qemuImg('check', '-q', '-U', '-f', 'qcow2', file);
  });
}

async function converted(file: string, format: string, raw: string, megabytes: number): Promise<number[]> {
  qemuImg('convert', '-U', '-f', format, '-O', 'raw', file, raw);
  const handle = await open(raw);
  try {
    const seen = Array.from({ length: megabytes }, async (_, at) => {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at * MIB);
      return buffer[0] ?? 0;
    });
    return await Promise.all(seen);
  } finally {
    await handle.close();
    await rm(raw);
  }
}

/** A process that has the disk open to write, as the QEMU of a running guest; or only to read, as that of a clone. */
export async function openDisk(
  file: string,
  isReadOnly = false,
): Promise<{ process: ChildProcess; write: typeof writeThrough }> {
  const socket = `${file}.sock`;
  const ready = `${file}.ready`;
  await writeFile(ready, '');
  const daemon = spawn('qemu-storage-daemon', [
    ...[
      '--blockdev',
      `qcow2,node-name=disk,file.driver=file,file.filename=${file}${isReadOnly ? ',read-only=on' : ''}`,
    ],
    ...['--nbd-server', `addr.type=unix,addr.path=${socket}`],
    ...['--export', 'nbd,id=disk,node-name=disk,name=disk' + (isReadOnly ? '' : ',writable=on')],
    ...['--pidfile', ready],
  ]);
  try {
    await waitForLine(ready, /\d/, AbortSignal.timeout(120_000));
  } catch (error) {
    await kill(daemon);
    throw error;
  }
  function writeThrough(byte: number, at: number): void {
    write(`nbd+unix:///disk?socket=${socket}`, byte, at, 'raw');
  }
  return { process: daemon, write: writeThrough };
}

export async function kill(process: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exited = once(process, 'exit');
  process.kill(signal);
  await exited;
}
