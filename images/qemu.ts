import { existsSync } from 'node:fs';
import { chmod, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cached, cacheDirectory, contentKey, keepNewest } from './cache.ts';
import { DATE } from './debian-archive.ts';
import { ensureDebian } from './debian.ts';
import { buildImage, findEngine } from './engine.ts';
import { ensureNodeImage } from './node/image.ts';

const PROGRAMS = [
  'qemu-system-x86_64',
  'qemu-img',
  'qemu-storage-daemon',
  'qemu-nbd',
  'mformat',
  'mcopy',
  'swtpm',
] as const;
const WANTED_MAJOR = 10;

/**
 * A directory for PATH with QEMU 10 or newer, for tests outside a cluster: the machine's own where that is
 * new enough, else the launcher image's, which lies extracted in the cache.
 */
export async function ensureQemu(log: (line: string) => void = console.error): Promise<string> {
  return (await systemQemu()) ?? join(await extractedQemu(log), 'bin');
}

/** The directory of UEFI's images that belongs to `ensureQemu`. */
export async function ensureUefi(log: (line: string) => void = console.error): Promise<string> {
  const extracted = join(await ensureQemu(log), '../root', UEFI);
  return existsSync(extracted) ? extracted : UEFI;
}
const UEFI = '/usr/share/OVMF';

async function systemQemu(): Promise<string | undefined> {
  const { stdout, failed } = await execa('qemu-system-x86_64', ['--version'], {
    reject: false,
    timeout: 10_000,
  });
  const major = Number(/version (\d+)\./.exec(stdout)?.[1]);
  if (failed || !(major >= WANTED_MAJOR)) return undefined;
  const { stdout: paths } = await execa('which', PROGRAMS, { reject: false });
  const directories = new Set(paths.split('\n').map((path) => dirname(path)));
  return paths.split('\n').length === PROGRAMS.length && directories.size === 1
    ? [...directories][0]
    : undefined;
}

async function extractedQemu(log: (line: string) => void): Promise<string> {
  const containerfile = join(import.meta.dirname, 'launcher/Containerfile');
  const collect = join(import.meta.dirname, 'collect-root');
  const key = await contentKey({
    texts: [DATE, startScript('', 'qemu-system-x86_64')],
    files: [containerfile, collect],
  });
  const directory = join(cacheDirectory, `qemu-${key}`);
  return cached(directory, async (staging) => {
    log('extracting QEMU from the launcher image');
    const engine = await findEngine();
    const debian = await ensureDebian(engine, log);
    const args = { BASE: debian, NODE: await ensureNodeImage(engine, debian, log) };
    const output = join(staging, 'root');
    await buildImage(engine, { containerfile, context: import.meta.dirname, args, target: 'system', output });
    await writePrograms(join(staging, 'bin'), join(directory, 'root'));
    await keepNewest('qemu', 3);
  });
}

async function writePrograms(bin: string, root: string): Promise<void> {
  await mkdir(bin);
  for (const program of PROGRAMS) {
    const file = join(bin, program);
    await writeFile(file, startScript(root, program));
    await chmod(file, 0o755);
  }
}

/** Runs the program with the image's own C library and firmware, whatever this machine has. */
function startScript(root: string, program: (typeof PROGRAMS)[number]): string {
  const firmware = ['usr/share/qemu', 'usr/share/seabios'];
  const options =
    program === 'qemu-system-x86_64' ? firmware.map((path) => `-L '${root}/${path}'`).join(' ') : '';
  return `#!/bin/sh
export QEMU_MODULE_DIR='${root}/usr/lib/x86_64-linux-gnu/qemu'
libraries='${root}/usr/lib/x86_64-linux-gnu'
exec '${root}/usr/lib64/ld-linux-x86-64.so.2' --inhibit-cache --library-path "$libraries:$libraries/swtpm" \\
  '${root}/usr/bin/${program}' ${options} "$@"
`;
}

if (import.meta.main) console.log(await ensureQemu());
