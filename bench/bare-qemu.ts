/** QEMU on the host, with the arguments that a VM's pod gave to its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { connectQmp, type QmpClient } from '../packages/qemu-monitor/src/index.ts';
import { ensureCgroup, processorFile } from '../test/cluster/cgroups.ts';
import { imageClaim } from './machines.ts';
import type { Bench } from './row.ts';

/** Milliseconds. */
const CONNECT_TIMEOUT = 30_000;
/**
 * The console goes to descriptor 4, which must be a pipe's end for writing, as in the container. Processor time comes
 * out of the cluster's share, as its pods' does.
 */
const AS_IN_POD = '{ echo "pid $BASHPID"; echo "$BASHPID" >"$0"; exec "$@" 4>&1; } | cat';

export class BareQemu {
  readonly pid: number;
  /** When it was started, by `performance.now()`. */
  readonly started: number;
  /** Milliseconds from its start to the guest's boot line. */
  readonly bootMilliseconds: number;
  /** When its guest beat since then, by `Date.now()`. */
  readonly beats: number[] = [];
  readonly #directory: string;
  readonly #process: ChildProcess;
  #client: Promise<QmpClient> | undefined;

  /** Resolves when the guest has booted. */
  static boot(bench: Bench, argv: readonly string[], bootLine: RegExp): Promise<BareQemu> {
    return BareQemu.#start(bench, argv, bootLine);
  }

  /** Resolves at once: no guest boots in it, but one is loaded. */
  static awaitGuest(bench: Bench, argv: readonly string[]): Promise<BareQemu> {
    return BareQemu.#start(bench, [...argv, '-incoming', 'defer', '-S'], /^pid /);
  }

  /** The same for the guest of another, whose disk it shares; it runs the guest by itself. */
  static awaitGuestOf(source: BareQemu, bench: Bench, argv: readonly string[]): Promise<BareQemu> {
    return BareQemu.#start(bench, [...argv, '-incoming', 'defer'], /^pid /, source);
  }

  static async #start(
    bench: Bench,
    argv: readonly string[],
    bootLine: RegExp,
    owner?: BareQemu,
  ): Promise<BareQemu> {
    const directory = await mkdtemp(join(tmpdir(), 'bench-qemu-'));
    const disks = owner?.path('') ?? directory;
    await mkdir(join(directory, 'run/hypersdk'), { recursive: true });
    if (!owner) await makeDisk(bench, directory, argv);
    const own = argv.map((argument) => moved(argument, { runtime: directory, disks }));
    const cgroup = `${bench.cgroup}/bare`;
    await ensureCgroup(cgroup);
    const started = performance.now();
    const process_ = spawn('bash', ['-c', AS_IN_POD, processorFile(cgroup), ...own], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PATH: `${bench.qemuDirectory}:${process.env['PATH'] ?? ''}` },
    });
    let pid = 0;
    for await (const line of createInterface({ input: process_.stdout })) {
      const [, digits] = /^pid (\d+)$/.exec(line) ?? [];
      if (digits !== undefined) pid = Number(digits);
      if (bootLine.test(line)) {
        return new BareQemu(directory, process_, pid, started);
      }
    }
    throw new Error('QEMU on the host ended before its guest had booted');
  }

  private constructor(directory: string, process_: ChildProcess, pid: number, started: number) {
    this.#directory = directory;
    this.#process = process_;
    this.pid = pid;
    this.started = started;
    this.bootMilliseconds = performance.now() - started;
    process_.stdout?.on('data', (said: Buffer) => {
      const now = Date.now();
      for (const _ of said.toString('latin1').matchAll(/^\.\r?$/gm)) this.beats.push(now);
    });
  }

  /** A file that is the pod's own below `/`. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  /** Its one connection, as soon as it listens. */
  monitor(): Promise<QmpClient> {
    this.#client ??= connected(this.path('run/hypersdk/qmp.sock'));
    return this.#client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (await this.#client?.catch(() => undefined))?.close();
    process.kill(this.pid);
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
    await rm(this.#directory, { recursive: true });
  }
}

async function connected(path: string): Promise<QmpClient> {
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT);
  for (;;) {
    try {
      return await connectQmp({ path, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      await delay(2, undefined, { signal });
    }
  }
}

/** The same paths below directories of its own. */
function moved(argument: string, { runtime, disks }: { readonly runtime: string; readonly disks: string }) {
  const own = argument.replaceAll(/\/(?=run\/hypersdk)/g, `${runtime}/`);
  return own.replaceAll(/\/(?=images\/|volumes\/)/g, `${disks}/`);
}

/** On the same image, or a copy of it where the VM's disk is. */
async function makeDisk(bench: Bench, directory: string, argv: readonly string[]): Promise<void> {
  const disk = join(directory, 'volumes/root', rootFile(argv));
  await mkdir(dirname(disk), { recursive: true });
  if (!argv.some((argument) => argument.includes('/images/'))) return copyFile(bench.guestImage, disk);
  const image = join(directory, 'images', imageClaim(argv), 'image.qcow2');
  await mkdir(dirname(image), { recursive: true });
  await copyFile(bench.guestImage, image);
  const overlay = ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', image, disk, '256M'];
  await execa(join(bench.qemuDirectory, 'qemu-img'), overlay);
}

/** What the launcher called the root disk's file for QEMU. */
function rootFile(argv: readonly string[]): string {
  const [, name] = /\/volumes\/root\/([\w.-]+\.qcow2)/.exec(argv.join(' ')) ?? [];
  if (name === undefined) throw new Error('the VM has no root disk in a file');
  return name;
}
