/** A QEMU with disks and no guest: what a guest would write, QEMU writes through the disk's own device. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DISK_FILE, type MachineDisk } from '@hypersdk/api/machine';
import { connectQmp, ConnectionClosedError, type QmpClient } from 'qemu-monitor';
import { blockNode, diskDeviceId, nodeName } from '../qemu/devices/disk.ts';
import { observeDisk } from '../qemu/disks/disk.ts';
import { activeNode } from '../qemu/disks/active-node.ts';
import { queryBlockGraph } from '../qemu/disks/block-graph.ts';
import { withLastingName } from '../qemu/disks/lasting-name.ts';
import { content, kill } from './guest-writes.ts';
import { blankDisk } from './machine-spec.ts';
import { PATIENCE } from './patience.ts';

/** Each name is a disk of eight mebibytes in a directory of its own. */
export class GuestlessQemu {
  readonly root: string;
  readonly disks: readonly MachineDisk[];
  readonly signal = AbortSignal.timeout(PATIENCE);
  #process: ChildProcess | undefined;
  #client: QmpClient | undefined;

  static async create(...names: string[]): Promise<GuestlessQemu> {
    const qemu = new GuestlessQemu(await mkdtemp(join(tmpdir(), 'guestless-')), names);
    for (const name of names) {
      await mkdir(join(qemu.root, name));
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', qemu.file(name), '8M']);
    }
    return qemu;
  }

  private constructor(root: string, names: readonly string[]) {
    this.root = root;
    this.disks = names.map((name) =>
      blankDisk({ name, size: 8 * 1024 * 1024, volume: { type: 'filesystem', directory: join(root, name) } }),
    );
  }

  get client(): QmpClient {
    if (!this.#client) throw new Error('it was not started');
    return this.#client;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  file(disk: string, name: string = DISK_FILE): string {
    return join(this.root, disk, name);
  }

  /** With all disks, or with those that are named. */
  start(...names: string[]): Promise<void> {
    return this.#start(names, []);
  }

  /** One that waits for memory to load. */
  startIncoming(): Promise<void> {
    return this.#start([], ['-incoming', 'defer']);
  }

  async #start(names: readonly string[], more: readonly string[]): Promise<void> {
    const disks = this.disks.filter(({ name }) => names.length === 0 || names.includes(name));
    const socket = join(this.root, 'qmp.sock');
    const nodes = await Promise.all(disks.map((disk) => this.#blockNode(disk)));
    this.#process = spawn(
      'qemu-system-x86_64',
      [
        ...['-machine', 'q35,accel=tcg', '-m', '16', '-nodefaults', '-display', 'none', '-S'],
        ...['-qmp', `unix:${socket},server=on,wait=off`],
        ...nodes.flatMap((node) => ['-blockdev', JSON.stringify(node)]),
        ...disks.flatMap(({ name }) => [
          '-device',
          `virtio-blk-pci,id=${diskDeviceId(name)},drive=${nodeName(name)}`,
        ]),
        ...more,
      ],
      { stdio: 'inherit' },
    );
    this.#client = await this.#connect(socket);
  }

  /** Fills a mebibyte with one byte, and has it written out. */
  async write(disk: string, byte: number, at: number): Promise<void> {
    await this.#io(disk, `write -P ${byte} ${at}M 1M`);
    await this.#io(disk, 'flush');
  }

  /** What the guest reads through all that QEMU has open: the byte that each mebibyte begins with. */
  async reads(disk: string): Promise<number[]> {
    const path = join(this.root, 'nbd.sock');
    const node = activeNode(await queryBlockGraph(this.client), disk)?.['node-name'] ?? '';
    await this.client.execute('nbd-server-start', { addr: { type: 'unix', data: { path } } });
    try {
      await this.client.execute('block-export-add', { type: 'nbd', id: disk, 'node-name': node, name: disk });
      return await content(`nbd+unix:///${disk}?socket=${path}`, 4, join(this.root, 'read'));
    } finally {
      await this.client.execute('nbd-server-stop');
    }
  }

  async #io(disk: string, command: string): Promise<void> {
    const device = `/machine/peripheral/${diskDeviceId(disk)}/virtio-backend`;
    const line = `qemu-io -d ${device} "${command}"`;
    const said = await this.client.execute('human-monitor-command', { 'command-line': line });
    if (/rror|ailed/.test(said)) throw new Error(said);
  }

  /** The hard way. */
  async kill(): Promise<void> {
    this.#client?.close();
    if (this.#process) await kill(this.#process);
    this.#process = undefined;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.root, { recursive: true });
  }

  async #blockNode(disk: MachineDisk): Promise<object> {
    const found = await observeDisk(disk, this.root, this.signal);
    if (found.state !== 'ready') throw new Error(`disk ${disk.name} is ${found.state}`);
    const { layers } = found;
    const attached = { name: disk.name, device: disk.device, layers, directIo: false };
    return blockNode(await withLastingName(attached, disk));
  }

  async #connect(path: string): Promise<QmpClient> {
    for (;;) {
      try {
        return await connectQmp({ path, signal: this.signal });
      } catch (error) {
        if (!(error instanceof ConnectionClosedError)) throw error;
        await setTimeout(5, undefined, { signal: this.signal });
      }
    }
  }
}
