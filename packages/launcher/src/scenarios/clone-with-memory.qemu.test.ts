/**
 * Guarantee: a clone with memory goes on where its source is, from memory that it maps, with disks and MAC addresses of its
 * own, whatever its launcher dies over, and is told that it is a copy; its source runs on, and nothing is left of what the
 * clone was made from.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { CopySpec, MachineSpec, MachineState, SavedMemory } from '@hypersdk/api/machine';
import { copyDisks } from '../copy/copy-disks.ts';
import { MachineRecord } from '../machine/record.ts';
import { blowsTo } from '../testing/deaths.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { Life } from '../testing/life.ts';
import { struckLauncher } from '../testing/live-launcher.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const ID = 'aaaaaaaa-0000-4000-8000-000000000000';
const UUID = '9a1c3c51-28b3-4d2b-8d06-3c9a7d8f2b11';
const MAC = '52:54:00:00:00:02';
const network: MachineSpec['networks'][number] = {
  ...{ name: 'default', binding: 'user', mac: '52:54:00:00:00:01', ports: [] },
};
const DISKS = ['root', 'data'];

describe('a clone with memory', () => {
  let source: TestPod;
  let clone: TestPod;
  let spec: MachineSpec;
  beforeEach(async () => {
    source = await TestPod.create();
    clone = await TestPod.create();
    const path = await source.image('tiny', await tinyGuest());
    const root = await source.disk('root', {
      bootIndex: 1,
      source: { type: 'image', path, clone: 'linked' },
    });
    const disks = [root, await source.disk('data')];
    spec = machineSpec({ cpus: 1, memory: 128 * 1024 * 1024, disks, networks: [network] });
  });
  afterEach(async () => {
    await source.remove();
    await clone.remove();
  });

  const tick = async ({ console }: TestPod): Promise<number> =>
    Number([...(await readFile(console, 'utf8')).matchAll(/^tick (\d+) /gm)].at(-1)?.[1] ?? 0);
  async function start(pod: TestPod, machine: MachineSpec): Promise<void> {
    await pod.mountSpec(machine);
    pod.startQemu();
    await pod.startLauncher();
  }
  async function say(pod: TestPod, command: string, answer: RegExp): Promise<string> {
    await typeCommand(pod, command);
    return (await pod.waitForConsole(answer))[0];
  }
  async function freeze(): Promise<SavedMemory> {
    await source.put({ ...spec, request: { id: ID, type: 'freeze', memory: true, isForClone: true } });
    const { lastFreeze } = await source.waitForState(({ lastRequest }) => lastRequest === ID);
    assert.ok(lastFreeze?.memory?.saved, JSON.stringify(lastFreeze));
    return lastFreeze.memory.saved;
  }
  /** What the operator asks its copier for. */
  async function copy({ file, disk }: SavedMemory): Promise<MachineSpec> {
    const disks = await Promise.all(DISKS.map((name) => clone.disk(name, { source: { type: 'existing' } })));
    const copySpec: CopySpec = {
      ...{ id: ID.slice(0, 8), isFrozen: true },
      disks: disks.map(({ name, volume }) => ({
        ...{ name, mode: 'full', to: volume },
        from: { type: 'filesystem', directory: source.path('volumes', name) },
      })),
      memory: {
        from: { directory: source.path('volumes', disk), file },
        to: { disk, directory: clone.path('volumes', disk) },
        ...{ isMoved: true, uuid: UUID, macs: { default: MAC }, hostname: 'clone' },
      },
    };
    await copyDisks(copySpec, {
      ...{ images: source.path('images'), paths: { config: source.root, runtime: source.root } },
      ...{ signal: AbortSignal.timeout(60_000), report: () => undefined },
    });
    const [root, data] = disks;
    assert.ok(root && data);
    return {
      ...{ ...spec, name: 'clone', uuid: UUID, networks: [{ ...network, mac: MAC }] },
      disks: [{ ...root, bootIndex: 1 }, data],
    };
  }

  it('goes on where its source is, and neither sees what the other does', async (t) => {
    await start(source, spec);
    await source.waitForConsole(/READY/);
    await say(source, 'write data A', /WROTE A/);
    const before = await tick(source);
    const saved = await freeze();
    const machine = await copy(saved);
    const started = performance.now();
    await start(clone, machine);
    const [, first] = await clone.waitForConsole(/^tick (\d+) /m);
    t.diagnostic(`${Math.round(performance.now() - started)} ms from its launcher's start to the first tick`);
    assert.ok(Number(first) >= before && Number(first) <= (await tick(source)) + 1);
    assert.doesNotMatch(await readFile(clone.console, 'utf8'), /GUEST-UP/);

    await say(clone, 'write data B', /WROTE B/);
    assert.match(await say(source, 'read data', /READ \w/), /READ A/);
    const { room } = await clone.waitForState(isAnother);
    assert.notEqual(room?.generation, saved.room?.generation);
    for (const pod of [source, clone]) assert.deepEqual(await leftovers(pod), []);
    await keepsNothingForNoClone();
    // What its firmware told it stays in its memory until it reboots.
    await say(clone, 'identity', new RegExp(`IDENTITY ${spec.uuid} tiny ${MAC}`));
    await say(source, 'identity', new RegExp(`IDENTITY ${spec.uuid} tiny ${network.mac}`));

    const deaths = await exchangeAgain(machine);
    t.diagnostic(`${deaths} deaths`);
    assert.ok(deaths >= 3, `it has ${deaths} steps`);
    await source.waitForConsole(new RegExp(`^tick ${(await tick(source)) + 2} `, 'm'));
  });

  /** Of one that is called off before it has taken what was saved for it. */
  async function keepsNothingForNoClone(): Promise<void> {
    const id = 'bbbbbbbb-0000-4000-8000-000000000000';
    const request = { id, type: 'freeze', memory: true, isForClone: true } as const;
    await source.put({ ...spec, request });
    await source.waitForState(({ lastRequest }) => lastRequest === id);
    assert.equal((await leftovers(source)).length, 2);
    await source.put(spec);
    const signal = AbortSignal.timeout(60_000);
    while ((await leftovers(source)).length > 0) await delay(50, undefined, { signal });
  }

  /** By launchers each of which is killed before another step, and that find a clone which has just gone on. */
  async function exchangeAgain(machine: MachineSpec): Promise<number> {
    await clone.kill(clone.launcher);
    let mac = MAC;
    const deaths = await blowsTo(async (step) => {
      const formerMac = mac;
      mac = `52:54:00:00:01:${String(step).padStart(2, '0')}`;
      const networks = [{ ...network, mac }];
      await clone.mountSpec({ ...machine, networks });
      await expectExchange(networks, formerMac);
      const life = new Life({ step, kills: true });
      await struckLauncher(clone, isAnother, life);
      return life.hasStruck;
    });
    await say(clone, 'identity', new RegExp(`IDENTITY .* ${mac}`));
    return deaths;
  }

  async function expectExchange(networks: MachineSpec['networks'], formerMac: string): Promise<void> {
    const path = clone.path('runtime/record.json');
    const { renewedNetworks: _, ...record } = MachineRecord.parse(JSON.parse(await readFile(path, 'utf8')));
    assert.ok(record.launch);
    const launch = { ...record.launch, spec: { ...record.launch.spec, networks } };
    const renewal = { formerMacs: { default: formerMac }, hostname: 'clone' };
    await writeFile(path, JSON.stringify({ ...record, launch: { ...launch, renewal } }));
  }
});

const isAnother = ({ phase, problem, inherited, networks }: MachineState): boolean =>
  phase === 'Running' && !problem && inherited?.networks.length === 0 && networks?.length === 1;

async function leftovers(pod: TestPod): Promise<string[]> {
  const names = await readdir(pod.path('volumes/root'));
  return names.filter((name) => name.startsWith('clone-') || name.startsWith('resume'));
}
