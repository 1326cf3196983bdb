/**
 * Guarantee: a clone with memory goes on where its source is, from memory that it maps, with disks and MAC addresses of its
 * own, and is told that it is a copy; its source runs on, and nothing is left of what the clone was made from.
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CopySpec, MachineSpec, SavedMemory } from '@hypersdk/api/machine';
import { copyDisks } from './copy/copy-disks.ts';
import { typeCommand } from './testing/guest-keyboard.ts';
import { machineSpec } from './testing/machine-spec.ts';
import { TestPod } from './testing/pod.ts';
import { tinyGuest } from './testing/tiny-guest.ts';

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
    await say(clone, 'interfaces', new RegExp(`^INTERFACE eth\\d ${MAC}`, 'm'));
    const { room } = await clone.waitForState(({ phase, problem }) => phase === 'Running' && !problem);
    assert.notEqual(room?.generation, saved.room?.generation);
    for (const pod of [source, clone]) assert.deepEqual(await leftovers(pod), []);
    // What its firmware told it stays in its memory until it reboots.
    assert.match(await say(clone, 'identity', /IDENTITY \S+/), new RegExp(spec.uuid));
    assert.match(await say(source, 'identity', /IDENTITY .*/), new RegExp(network.mac));
    await source.waitForConsole(new RegExp(`^tick ${(await tick(source)) + 2} `, 'm'));
  });
});

async function leftovers(pod: TestPod): Promise<string[]> {
  const names = await readdir(pod.path('volumes/root'));
  return names.filter((name) => name.startsWith('clone-') || name.startsWith('resume'));
}
