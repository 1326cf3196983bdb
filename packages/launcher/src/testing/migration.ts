/** Pods with one authority, between which a guest is moved. */
import { randomUUID } from 'node:crypto';
import type { MachineIncoming, MachineOutgoing, MachineSpec, MachineState } from '@hypersdk/api/machine';
import { testAuthority } from './certificates.ts';
import { freePort } from './free-port.ts';
import { machineSpec } from './machine-spec.ts';
import { TestPod } from './pod.ts';
import { tinyGuest } from './tiny-guest.ts';

const [SOURCE, TARGET] = ['web-1.default', 'web-2.default'];

export type Storage = 'shared' | 'mirrored';

export class Migration {
  readonly source: TestPod;
  spec: MachineSpec = machineSpec();
  incoming: MachineIncoming | undefined;
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

  /** A guest that has counted to two. */
  async startGuest(): Promise<void> {
    const path = await this.source.image('tiny', await tinyGuest());
    const root = await this.source.disk('root', {
      bootIndex: 1,
      source: { type: 'image', path, clone: 'full' },
    });
    this.spec = machineSpec({ cpus: 1, memory: 128 * 1024 * 1024, disks: [root], networks: [NETWORK] });
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
    const [root] = this.spec.disks;
    const state = await this.source.waitForState(({ phase }) => phase === 'Running');
    if (!root) throw new Error('the guest was not started');
    const size = state.disks[0]?.virtualSize ?? 0;
    const disk =
      storage === 'shared'
        ? { ...root, source: { type: 'existing' as const } }
        : { ...(await this.target.disk('root', { bootIndex: 1 })), size };
    this.incoming = {
      ...{ id: randomUUID(), memoryPort: await freePort(), diskPort: await freePort(), streams: 1 },
      ...{ mirrored: storage === 'shared' ? [] : ['root'], source: SOURCE, acceleration: 'tcg' },
      ...changes,
    };
    const { room } = state;
    await this.target.mountSpec({ ...this.spec, epoch: 2, disks: [disk], incoming: this.incoming, room });
    this.target.startQemu();
    await this.target.startLauncher();
    await this.target.waitForState(({ migration }) => migration?.phase === 'Listening');
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
      ...changes,
    };
  }

  send(changes: Partial<MachineOutgoing> = {}): Promise<MachineState> {
    return this.source.put({ ...this.spec, outgoing: this.outgoing(changes) });
  }

  async remove(): Promise<void> {
    await this.source.remove();
    for (const target of this.#targets) await target.remove();
  }
}

const NETWORK: MachineSpec['networks'][number] = {
  ...{ name: 'default', binding: 'user', mac: '02:00:00:00:00:01', ports: [] },
};
