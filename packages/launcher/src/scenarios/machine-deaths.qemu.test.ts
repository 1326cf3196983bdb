/**
 * Guarantee: whatever step of work on a machine its launcher, its QEMU or the whole pod is killed before, every layer of its
 * disks is sound and holds what it held; a guest that lives runs on, with what was asked for or with the reason why not;
 * one that died starts in the next pod. Memory that is saved is whole or absent, and gone on from once.
 */
import assert from 'node:assert/strict';
import { cp, readdir, rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { DISK_FILE, layerFile, type MachineSpec, type MachineState } from '@hypersdk/api/machine';
import { exists } from '../files/exists.ts';
import { keepLayers } from '../layers/keep-layers.ts';
import { memoryFiles, savedMemory } from '../qemu/migration/memory-files.ts';
import { qemuImg } from '../testing/copy-volumes.ts';
import { blowsTo } from '../testing/deaths.ts';
import { check, content, write } from '../testing/guest-writes.ts';
import { Life } from '../testing/life.ts';
import { liveLauncher, struckLauncher } from '../testing/live-launcher.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';

const MIB = 1024 * 1024;
const [A, B, C] = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'] as const;
/** Of the request, and of the layers that it makes. */
const ID = 'dddddddd-0000-4000-8000-000000000000';
const D = ID.slice(0, 8);

/** A tree: c stands on b, and so does what the guest writes now. */
const HELD: Readonly<Record<string, Readonly<Record<string, number[]>>>> = {
  root: {
    [layerFile(A)]: [1, 0, 0, 0],
    [layerFile(B)]: [1, 2, 0, 0],
    [layerFile(C)]: [3, 2, 0, 0],
    [layerFile(D)]: [1, 2, 0, 5],
    [DISK_FILE]: [1, 2, 0, 5],
  },
  data: { [layerFile(D)]: [7, 0, 0, 0], [DISK_FILE]: [7, 0, 0, 0] },
};

type Victim = 'launcher' | 'QEMU';
const victims: readonly Victim[] = ['launcher', 'QEMU'];
const STEPS = { launcher: 'step', QEMU: 'command' } as const;

interface Work {
  readonly name: string;
  /** What is asked of the machine that runs; or of one that is off, when `from` is `suspended`. */
  readonly changes: Partial<MachineSpec>;
  readonly isDone: (state: MachineState) => boolean;
  readonly from?: 'suspended';
  /** Layers that may go. */
  readonly dropped?: readonly string[];
  /** Steps, and commands to QEMU. */
  readonly least: Readonly<Record<Victim, number>>;
}

const works: readonly Work[] = [
  {
    name: 'a snapshot of its disks',
    changes: { request: { id: ID, type: 'freeze' } },
    isDone: ({ lastRequest }) => lastRequest === ID,
    least: { launcher: 20, QEMU: 2 },
  },
  {
    name: 'a snapshot with its memory',
    changes: { request: { id: ID, type: 'freeze', memory: true } },
    isDone: ({ lastRequest, phase }) => lastRequest === ID && phase === 'Running',
    least: { launcher: 25, QEMU: 2 },
  },
  {
    name: 'a suspension',
    changes: { suspend: ID },
    isDone: ({ phase, lastFreeze }) => phase === 'Stopped' || lastFreeze?.memory?.problem !== undefined,
    least: { launcher: 10, QEMU: 2 },
  },
  {
    name: 'going on from its memory',
    ...{ from: 'suspended', changes: {} },
    isDone: ({ phase }) => phase === 'Running',
    least: { launcher: 15, QEMU: 2 },
  },
  {
    name: 'more processors and memory',
    changes: { cpus: 3, memory: 96 * MIB },
    // No guest takes up the memory.
    isDone: ({ resources, resizing }) => resources?.cpus === 3 && resizing?.[0]?.wanted === 96 * MIB,
    least: { launcher: 3, QEMU: 2 },
  },
  {
    name: 'the deletion of a snapshot in the middle of a tree',
    changes: { dropLayers: [A] },
    isDone: ({ droppedLayers }) => droppedLayers?.includes(A) ?? false,
    ...{ dropped: [A], least: { launcher: 8, QEMU: 2 } },
  },
];

describe('a machine', () => {
  let pod: TestPod;
  let spec: MachineSpec;
  const signal = AbortSignal.timeout(1_200_000);
  const keeping = { images: '/none', signal };
  const file = (disk: string, name: string = DISK_FILE): string => pod.path('volumes', disk, name);

  before(async () => {
    pod = await TestPod.create();
    const disks = [await pod.disk('root'), await pod.disk('data')];
    spec = machineSpec({ cpus: 1, memory: 64 * MIB, maxCpus: 4, maxMemory: 192 * MIB, disks });
    await makeTree();
    await save('running');
    await start();
    await pod.mountSpec({ ...spec, suspend: ID });
    await liveLauncher(pod, ({ phase }) => phase === 'Stopped');
    await save('suspended');
  });
  after(() => pod.remove());

  async function makeTree(): Promise<void> {
    for (const { name } of spec.disks) qemuImg('create', '-q', '-f', 'qcow2', file(name), '64M');
    const disks = [{ name: 'root', directory: pod.path('volumes/root') }];
    write(file('root'), 1, 0);
    await keepLayers({ disks, work: { type: 'freeze', id: A } }, keeping);
    write(file('root'), 2, 1);
    await keepLayers({ disks, work: { type: 'freeze', id: B } }, keeping);
    write(file('root'), 3, 0);
    await keepLayers({ disks, work: { type: 'freeze', id: C } }, keeping);
    await keepLayers({ disks, work: { type: 'restore', id: B } }, keeping);
    write(file('root'), 5, 3);
    write(file('data'), 7, 0);
  }

  const save = (name: string): Promise<void> =>
    cp(pod.path('volumes'), pod.path(name), { recursive: true, preserveTimestamps: true });

  /** What a new pod finds. */
  async function renew(saved?: string): Promise<void> {
    await pod.kill(pod.qemu);
    if (saved !== undefined) {
      await rm(pod.path('volumes'), { recursive: true });
      await cp(pod.path(saved), pod.path('volumes'), { recursive: true });
    }
    await pod.emptyRuntime();
    await pod.mountSpec(spec);
    pod.startQemu();
  }

  const start = async (saved?: string): Promise<void> => {
    await renew(saved);
    await liveLauncher(pod, ({ phase }) => phase === 'Running');
  };

  async function assertHolds(dropped: readonly string[] = []): Promise<void> {
    for (const [disk, layers] of Object.entries(HELD)) {
      for (const [name, bytes] of Object.entries(layers)) {
        if (dropped.some((id) => layerFile(id) === name) || !(await exists(file(disk, name)))) continue;
        assert.deepEqual(await content(file(disk, name)), bytes, `${disk}: ${name}`);
        await check(file(disk, name));
      }
      const kept = [A, B, C].filter((id) => disk === 'root' && !dropped.includes(id));
      for (const name of [DISK_FILE, ...kept.map(layerFile)]) assert.ok(await exists(file(disk, name)), name);
    }
  }

  const memoryNames = async (): Promise<string[]> =>
    (await readdir(pod.path('volumes/root'))).filter((name) => /^(?:memory|resume)/.test(name));

  /** The next pod's guest starts, and a keeper takes away what nobody wants. */
  async function assertStartsAgain(dropped: readonly string[] = []): Promise<void> {
    await start();
    assert.equal(await exists(file('root', 'resume.state')), false);
    await assertHolds(dropped);
    await pod.kill(pod.qemu);
    const disks = spec.disks.map(({ name }) => ({ name, directory: pod.path('volumes', name) }));
    await keepLayers({ disks, work: { type: 'drop', ids: [...dropped, D] } }, keeping);
    await assertHolds([...dropped, D]);
    const left = (await memoryNames()).filter((name) => name.startsWith('memory'));
    assert.deepEqual(left, []);
  }

  /** Every other QEMU takes its launcher along, as a pod that is killed. */
  async function struck(work: Work, victim: Victim, step: number): Promise<boolean> {
    const { changes, isDone, from, dropped } = work;
    if (from === 'suspended') await renew(from);
    else await start('running');
    await pod.mountSpec({ ...spec, ...changes });
    const isOfQemu = victim === 'QEMU';
    const kills = !isOfQemu || step % 2 === 0;
    const also = (): void => {
      if (isOfQemu) pod.qemu?.kill('SIGKILL');
    };
    const life = new Life({ step, kills, also, ...(isOfQemu && { of: 'command' }) });
    const state = await struckLauncher(pod, (now) => isDone(now) || now.phase === 'Stopped', life);
    await assertHolds(dropped);
    await assertMemoryIsWhole();
    assert.ok(isDone(state) || (life.hasStruck && isOfQemu), JSON.stringify(state));
    if (life.hasStruck && isOfQemu) await assertStartsAgain(dropped);
    return life.hasStruck;
  }

  async function assertMemoryIsWhole(): Promise<void> {
    for (const name of ['resume', `memory-${D}`]) {
      const files = memoryFiles(pod.path('volumes/root'), name);
      if (await exists(files.state)) assert.equal((await savedMemory(files))?.disk, 'root');
    }
  }

  for (const work of works) {
    for (const victim of victims) {
      it(`whose ${victim} is killed before any ${STEPS[victim]} of ${work.name} loses nothing`, async (t) => {
        const blows = await blowsTo((step) => struck(work, victim, step));
        t.diagnostic(`${blows} blows`);
        assert.ok(blows >= work.least[victim], `it has ${blows} steps`);
      });
    }
  }
});
