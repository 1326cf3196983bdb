/** Pods with one authority, between which a guest is moved. */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type {
  MachineDisk,
  MachineDiskState,
  MachineIncoming,
  MachineOutgoing,
  MachineSpec,
  MachineState,
} from '@hypersdk/api/machine';
import { testAuthority } from './certificates.ts';
import { freePort } from './free-port.ts';
import { machineSpec } from './machine-spec.ts';
import { TestPod } from './pod.ts';
import { tinyGuest } from './tiny-guest.ts';

const [SOURCE, TARGET] = ['web-1.default', 'web-2.default'];

/** `layered`: mirrored, with what lies below the guest's writes fetched beforehand. */
export type Storage = 'shared' | 'mirrored' | 'layered';

export class Migration {
  readonly source: TestPod;
  spec: MachineSpec = machineSpec();
  incoming: MachineIncoming | undefined;
  /** What the target has fetched. */
  layered: MachineOutgoing['layered'];
  readonly #targets: TestPod[] = [];

  static async create(): Promise<Migration> {
    return new Migration(await TestPod.create({ name: SOURCE, authority: await testAuthority() }));
  }

  private constructor(source: TestPod) {
    this.source = source;
  }

  /** The last one. */
  get target(): TestPod {
    const target = this.#targets.at(-1);
    if (!target) throw new Error('nobody awaits the guest');
    return target;
  }

  /** A guest that has counted to two, with further disks of these names. */
  async startGuest(...more: string[]): Promise<void> {
    const path = await this.source.image('tiny', await tinyGuest());
    const root = await this.source.disk('root', {
      bootIndex: 1,
      source: { type: 'image', path, clone: 'full' },
    });
    const disks = [root, ...(await Promise.all(more.map((name) => this.source.disk(name))))];
    this.spec = machineSpec({ cpus: 1, memory: 128 * 1024 * 1024, disks, networks: [NETWORK] });
    await this.source.mountSpec(this.spec);
    this.source.startQemu();
    await this.source.startLauncher();
    await this.source.waitForConsole(/tick 2 /);
  }

  /** Gives the running guest that many processors. */
  async grow(cpus: number): Promise<void> {
    this.spec = { ...this.spec, cpus };
    await this.source.put(this.spec);
    await this.source.waitForState(({ resources }) => resources?.cpus === cpus);
  }

  /** Starts a target, one more each time, and resolves when it listens. */
  async await(storage: Storage, changes: Partial<MachineIncoming> = {}): Promise<void> {
    const { authority } = this.source;
    const target = await TestPod.create({ name: TARGET, authority });
    this.#targets.push(target);
    const state = await this.source.waitForState(({ phase }) => phase === 'Running');
    const disks = await Promise.all(this.spec.disks.map((disk) => this.#targetDisk(disk, storage, state)));
    const mirrored = storage === 'shared' ? [] : disks.map(({ name }) => name);
    this.incoming = {
      ...{ id: randomUUID(), memoryPort: await freePort(), diskPort: await freePort(), streams: 1 },
      ...{ mirrored, source: SOURCE, acceleration: 'tcg' },
      sourceAddress: { host: '127.0.0.1', port: this.source.client?.port ?? 0 },
      ...changes,
    };
    if (storage === 'layered') await this.source.put({ ...this.spec, lendsTo: TARGET });
    const { room } = state;
    await this.target.mountSpec({ ...this.spec, epoch: 2, disks, incoming: this.incoming, room });
    this.target.startQemu();
    await this.target.startLauncher();
    const listening = await this.target.waitForState(({ migration }) => migration?.phase === 'Listening');
    this.layered = storage === 'layered' ? listening.disks.map(layeredDisk) : undefined;
  }

  async #targetDisk(disk: MachineDisk, storage: Storage, state: MachineState): Promise<MachineDisk> {
    if (storage === 'shared') return { ...disk, source: { type: 'existing' } };
    const size = state.disks.find(({ name }) => name === disk.name)?.virtualSize ?? 0;
    const { bootIndex } = disk;
    const made = await this.target.disk(disk.name, { ...(bootIndex !== undefined && { bootIndex }), size });
    const port = this.source.client?.port ?? 0;
    const source = { type: 'moved', host: '127.0.0.1', port, server: SOURCE } as const;
    return storage === 'layered' ? { ...made, source } : made;
  }

  outgoing(changes: Partial<MachineOutgoing> = {}): MachineOutgoing {
    if (!this.incoming) throw new Error('nobody awaits the guest');
    const { id, memoryPort, diskPort, streams, mirrored } = this.incoming;
    return {
      ...{ id, memoryPort, diskPort, streams, mirrored, host: '127.0.0.1', target: TARGET },
      ...{
        launcherPort: this.target.client?.port ?? 0,
        bandwidth: 2 ** 33,
        downtime: 50,
        autoConverge: false,
      },
      ...(this.layered && { layered: this.layered }),
      ...changes,
    };
  }

  send(changes: Partial<MachineOutgoing> = {}): Promise<MachineState> {
    const lent = this.layered && { lendsTo: TARGET };
    return this.source.put({ ...this.spec, ...lent, outgoing: this.outgoing(changes) });
  }

  /** The source is told of its target, and not where that is. */
  expect(): Promise<MachineState> {
    const { host: _, ...expects } = this.outgoing();
    return this.source.put({ ...this.spec, expects });
  }

  async remove(): Promise<void> {
    await this.source.remove();
    for (const target of this.#targets) await target.remove();
  }
}

const NETWORK: MachineSpec['networks'][number] = {
  ...{ name: 'default', binding: 'user', mac: '02:00:00:00:00:01', ports: [] },
};

const layeredDisk = ({ name, chain }: MachineDiskState) => ({
  name,
  below: chain.slice(1).map((file) => basename(file)),
});
