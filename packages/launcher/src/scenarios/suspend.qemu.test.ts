/**
 * Guarantee: a guest goes on from the instant at which its memory was saved, with the disks of that instant; a launcher
 * that dies at any step of it is replaced by one that brings it to its end, and a guest is never left standing.
 */
import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { LayerWork, MachineSpec } from '@hypersdk/api/machine';
import { exists } from '../files/exists.ts';
import { keepLayers } from '../layers/keep-layers.ts';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const ID = 'aaaaaaaa-0000-4000-8000-000000000000';

describe('a guest whose memory is saved', () => {
  let pod: TestPod;
  let spec: MachineSpec;
  beforeEach(async () => {
    pod = await TestPod.create();
    const golden = await pod.image('tiny', await tinyGuest());
    const root = await pod.disk('root', {
      bootIndex: 1,
      source: { type: 'image', path: golden, clone: 'linked' },
    });
    const data = await pod.disk('data');
    spec = machineSpec({ cpus: 1, memory: 128 * 1024 * 1024, disks: [root, data] });
  });
  afterEach(() => pod.remove());

  async function start(): Promise<void> {
    await pod.mountSpec(spec);
    pod.startQemu();
    await pod.startLauncher();
  }
  const boot = async (): Promise<void> => {
    await start();
    await pod.waitForConsole(/READY/);
  };
  const tick = async (after = 0): Promise<number> =>
    Number((await pod.waitForConsole(new RegExp(`tick (\\d{${String(after).length},}) `)))[1]);
  /** Its successor finds the volumes. */
  async function nextPod(): Promise<void> {
    await pod.kill(pod.qemu);
    await pod.kill(pod.launcher);
    await pod.emptyRuntime();
    spec = { ...spec, epoch: spec.epoch + 1 };
    delete spec.suspend;
    delete spec.request;
  }

  async function keep(work: LayerWork): Promise<void> {
    const disks = spec.disks.map(({ name }) => ({ name, directory: pod.path('volumes', name) }));
    const keeping = { images: pod.path('images'), signal: AbortSignal.timeout(60_000) };
    await keepLayers({ disks, work }, keeping);
  }
  /** In a machine that the guest does not fit in; then all is undone. */
  async function failToGoBack(): Promise<void> {
    await nextPod();
    await keep({ type: 'restore', id: ID.slice(0, 8), memory: 'Required', keepAs: 'former' });
    spec = { ...spec, cpus: 2 };
    await start();
    await pod.waitForState(({ phase }) => phase === 'Failed');
    await nextPod();
    spec = { ...spec, cpus: 1 };
    await keep({ type: 'restore', id: 'former', memory: 'IfSaved', drop: ['former'] });
  }

  it('is suspended, and goes on in the next pod', async () => {
    await boot();
    const before = await tick();
    await pod.put({ ...spec, suspend: ID });
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'host-suspended');
    assert.equal(await pod.qemuExit(), 0);
    await nextPod();
    await start();
    assert.ok((await tick()) >= before);
    await pod.waitForState(({ phase }) => phase === 'Running');
    await typeCommand(pod, 'write data A');
    await pod.waitForConsole(/WROTE A/);
    await assert.rejects(access(pod.path('volumes/root/resume.state')));
  });

  it('runs on when that is called off, and is suspended another time', async () => {
    spec = { ...spec, memory: 256 * 1024 * 1024 };
    await boot();
    // Faster than it is copied.
    await typeCommand(pod, 'dirty 160');
    await pod.waitForConsole(/^DIRTIES 160/m);
    await pod.put({ ...spec, suspend: ID });
    const partial = pod.path('volumes/root/resume.state.partial');
    while (!(await exists(partial))) await tick();
    await pod.put(spec);
    while (await exists(partial)) await tick();
    const at = await tick();
    await pod.waitForConsole(new RegExp(`tick ${at + 3} `));
    assert.equal((await pod.waitForState(({ phase }) => phase === 'Running')).exit, undefined);
    await assert.rejects(access(pod.path('volumes/root/resume.state')));
    await pod.put({ ...spec, suspend: ID.replaceAll('a', 'b') });
    const { exit } = await pod.waitForState(({ phase }) => phase === 'Stopped');
    assert.equal(exit?.reason, 'host-suspended');
  });

  it('goes on with the processors and the memory that came to it, in a machine of the same room', async () => {
    const MIB = 1024 * 1024;
    spec = { ...spec, memory: 256 * MIB, maxMemory: 512 * MIB };
    await boot();
    spec = { ...spec, cpus: 2, memory: 384 * MIB };
    const has = (cpus: number, mebibytes: number) =>
      pod.waitForState(
        ({ phase, resources, resizing }) =>
          phase === 'Running' &&
          resources?.cpus === cpus &&
          resources.memory === mebibytes * MIB &&
          resizing === undefined,
      );
    await pod.put(spec);
    const { room } = await has(2, 384);
    const before = await tick();
    await pod.put({ ...spec, suspend: ID });
    await pod.waitForState(({ phase }) => phase === 'Stopped');
    await nextPod();
    await start();
    assert.ok((await tick()) >= before);
    assert.deepEqual((await has(2, 384)).room, room);
    spec = { ...spec, cpus: 3, memory: 320 * MIB };
    await pod.put(spec);
    await has(3, 320);
  });

  it('is not taken up by another machine, and boots where it is to be forgotten', async () => {
    await boot();
    await pod.put({ ...spec, suspend: ID });
    await pod.waitForState(({ phase }) => phase === 'Stopped');
    await nextPod();
    spec = { ...spec, cpus: 2 };
    await start();
    const { problem } = await pod.waitForState(({ phase }) => phase === 'Failed');
    assert.match(`${problem?.reason} ${problem?.message}`, /^MemoryDoesNotFit.* cpus was 1 and is 2\./);
    await pod.put({ ...spec, discardMemory: true });
    await pod.waitForConsole(/READY/);
  });

  it('is snapshotted with its disks, runs on, and goes back to that instant, or to where it was', async (t) => {
    await boot();
    await typeCommand(pod, 'write data A');
    await pod.waitForConsole(/WROTE A/);
    await pod.put({ ...spec, request: { id: ID, type: 'freeze', memory: true } });
    const { lastFreeze } = await pod.waitForState(({ lastRequest }) => lastRequest === ID);
    assert.deepEqual([lastFreeze?.memory?.problem, lastFreeze?.frozen?.length], [undefined, 2]);
    t.diagnostic(`${lastFreeze?.pauseMilliseconds} ms, ${lastFreeze?.memory?.saved?.bytes} bytes`);
    const at = await tick();
    await typeCommand(pod, 'write data B');
    await pod.waitForConsole(/WROTE B/);
    await pod.waitForConsole(new RegExp(`tick ${at + 3} `));
    await pod.put({ ...spec, power: 'off' });
    assert.equal(await pod.qemuExit(), 0);
    await failToGoBack();
    await start();
    await pod.waitForConsole(/READY/);
    await typeCommand(pod, 'read data');
    await pod.waitForConsole(/READ B/);

    await nextPod();
    await keep({ type: 'restore', id: ID.slice(0, 8), memory: 'Required' });
    await start();
    assert.ok((await tick()) < at + 3);
    await typeCommand(pod, 'read data');
    await pod.waitForConsole(/READ A/);
  });
});
