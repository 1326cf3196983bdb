/**
 * Guarantee: whichever launcher or QEMU of a migration is killed on the way, one guest runs at most, and of
 * what it has said to be on its disk nothing is lost: a launcher's death stops no guest, a QEMU's no other than its own.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { MachineIncoming, MachineOutgoing, MachineSpec, MachineState } from '@hypersdk/api/machine';
import { entriesOn, entryAbove, lastOnDisk, writeBootableJournal } from '../testing/bootable-journal.ts';
import { testAuthority } from '../testing/certificates.ts';
import { blowsTo } from '../testing/deaths.ts';
import { freePort } from '../testing/free-port.ts';
import { Life } from '../testing/life.ts';
import { liveLauncher } from '../testing/live-launcher.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { ServedLauncher } from '../testing/served-launcher.ts';

const MIB = 1024 * 1024;
const [SOURCE, TARGET] = ['web-1.default', 'web-2.default'];
const sides = ['source', 'target'] as const;
type Side = (typeof sides)[number];
const victims = ['launcher', 'QEMU'] as const;
type Victim = (typeof victims)[number];
const STEPS = { launcher: 'file', QEMU: 'command' } as const;
/** Half of the commands only look. */
const STRIDE = 2;
const LEAST = { source: { launcher: 5, QEMU: 8 }, target: { launcher: 3, QEMU: 2 } } as const;

describe('a guest on its way', () => {
  let pods: Readonly<Record<Side, TestPod>>;
  let specs: Readonly<Record<Side, MachineSpec>>;
  let ports: Readonly<Record<Side, number>>;
  let incoming: MachineIncoming;
  let outgoing: MachineOutgoing;

  before(async () => {
    const authority = await testAuthority();
    const source = await TestPod.create({ name: SOURCE, authority });
    const target = await TestPod.create({ name: TARGET, authority });
    pods = { source, target };
    ports = { source: await freePort(), target: await freePort() };
    await writeBootableJournal(source.path('journal'));
    const disk = { bootIndex: 1, size: MIB };
    const machine = machineSpec({ cpus: 1, memory: 32 * MIB });
    incoming = {
      ...{ id: randomUUID(), memoryPort: await freePort(), diskPort: await freePort(), streams: 1 },
      ...{ mirrored: ['root'], source: SOURCE, acceleration: 'tcg' },
    };
    const { id, memoryPort, diskPort, streams, mirrored } = incoming;
    outgoing = {
      ...{ id, memoryPort, diskPort, streams, mirrored, host: '127.0.0.1', target: TARGET },
      ...{ launcherPort: ports.target, bandwidth: 2 ** 33, downtime: 50, autoConverge: false },
    };
    specs = {
      source: { ...machine, disks: [await source.disk('root', { ...disk, source: { type: 'existing' } })] },
      target: { ...machine, epoch: 2, disks: [await target.disk('root', disk)], incoming },
    };
  });
  after(async () => {
    for (const side of sides) await pods[side].remove();
  });

  const disk = (side: Side): string => pods[side].path('volumes/root/disk.qcow2');

  /** Two new pods: in the one a guest, and in the other who awaits it. */
  async function standing(): Promise<void> {
    for (const side of sides) {
      await pods[side].kill(pods[side].qemu);
      await pods[side].emptyRuntime();
      await rm(disk(side), { force: true });
      await pods[side].mountSpec(specs[side]);
    }
    await copyFile(pods.source.path('journal'), disk('source'));
    for (const side of sides) pods[side].startQemu();
    await liveLauncher(pods.source, ({ phase }) => phase === 'Running');
    await entryAbove(pods.source.console, 0);
    await liveLauncher(pods.target, ({ migration }) => migration?.phase === 'Listening');
  }

  /** Resolves with what the target's launcher says in the end. Each side's operator is away, but for `takeOver`. */
  async function migrate(source: ServedLauncher, target: ServedLauncher): Promise<MachineState> {
    await source.put({ ...specs.source, outgoing });
    const sent = await source.until((state) => isOver(state) || state.migration?.phase === 'Failed');
    if (sent.exit?.reason === 'migrated') return target.until(isOver);
    // The operator leaves the target of a guest that goes on here alone, and deletes it.
    if (!isOver(sent)) return target.until(({ phase }) => phase !== 'Preparing');
    const left = await target.until((state) => isOver(state) || state.migration?.phase !== 'CopyingMemory');
    // It may have gone on before it ended: what the target has is the guest by its own word alone.
    if (left.migration?.phase !== 'CutOver' || sent.migration?.phase !== 'CutOver') return left;
    await target.put({ ...specs.target, incoming: { ...incoming, takeOver: true } });
    return target.until(isOver);
  }

  async function struck(side: Side, victim: Victim, step: number): Promise<boolean> {
    await standing();
    const also = (): void => {
      if (victim === 'QEMU') pods[side].qemu?.kill('SIGKILL');
    };
    const life = new Life({ step, of: STEPS[victim], kills: victim === 'launcher', also });
    const launcher = (each: Side) =>
      new ServedLauncher(pods[each], ports[each], each === side ? life : undefined);
    const [source, target] = [launcher('source'), launcher('target')];
    try {
      const { migration } = await migrate(source, target);
      const isThere = migration?.phase === 'Done';
      await assertGoesOn(isThere ? 'target' : 'source', life.hasStruck && victim === 'QEMU');
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
    return life.hasStruck;
  }

  /** Where the guest is, or where it would be started again. */
  async function assertGoesOn(side: Side, mayHaveEnded: boolean): Promise<void> {
    const pod = pods[side];
    const isAlive = pod.qemu?.exitCode === null && pod.qemu.signalCode === null;
    const said = (await Promise.all(sides.map((each) => entriesOn(pods[each].console)))).flat();
    assert.ok(
      (await lastOnDisk(disk(side))) >= Math.max(...said),
      `of ${said.join(' ')} the ${side} lacks some`,
    );
    if (isAlive) await entryAbove(pod.console, Math.max(...said));
    else assert.ok(mayHaveEnded, `the ${side} has lost its guest`);
    const all = (await Promise.all(sides.map((each) => entriesOn(pods[each].console)))).flat();
    assert.equal(new Set(all).size, all.length, `two guests have written: ${all.join(' ')}`);
  }

  for (const side of sides) {
    for (const victim of victims) {
      it(`loses nothing when its ${side}’s ${victim} is killed before every other ${STEPS[victim]}`, async (t) => {
        const blows = await blowsTo((number) => struck(side, victim, STRIDE * number));
        t.diagnostic(`${blows} blows`);
        assert.ok(blows >= LEAST[side][victim], `it has ${blows} steps`);
      });
    }
  }
});

const isOver = ({ phase, migration }: MachineState): boolean =>
  phase === 'Stopped' || migration?.phase === 'Done';
