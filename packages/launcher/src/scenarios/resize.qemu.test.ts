/**
 * Guarantee: a running guest gets processors and memory, and gives memory back, while it goes on; what it holds on to is
 * told, and a launcher that is killed meanwhile leaves the rest to the next.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineSpec, MachineState } from '@hypersdk/api/machine';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const MIB = 1024 ** 2;

describe('a running guest', () => {
  let pod: TestPod;
  let looks = 0;
  beforeEach(async () => {
    pod = await TestPod.create();
    looks = 0;
  });
  afterEach(() => pod.remove());

  async function boot(changes: Partial<MachineSpec> = {}): Promise<MachineSpec> {
    const golden = await pod.image('tiny', await tinyGuest());
    const source = { type: 'image', path: golden, clone: 'linked' } as const;
    const root = await pod.disk('root', { bootIndex: 1, source });
    const spec = machineSpec({ cpus: 1, memory: 256 * MIB, maxMemory: 512 * MIB, disks: [root], ...changes });
    await pod.mountSpec(spec);
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/READY/);
    return spec;
  }

  /** The guest takes up what has come within a second. */
  async function guestSees(accepts: (seen: { cpus: number; mebibytes: number }) => boolean): Promise<void> {
    for (;;) {
      looks += 1;
      await typeCommand(pod, 'status');
      const [, cpus, kilobytes] = await pod.waitForConsole(
        new RegExp(`(?:CPUS (\\d+) MEMORY (\\d+) kB[^]*?){${looks}}`),
      );
      if (accepts({ cpus: Number(cpus), mebibytes: Number(kilobytes) / 1024 })) return;
    }
  }

  const has = (cpus: number, mebibytes: number) => (state: MachineState) =>
    state.resources?.cpus === cpus && state.resources.memory === mebibytes * MIB && !state.resizing;

  for (const machineType of ['q35', 'pc'] as const) {
    it(`takes processors and memory on a ${machineType}, and gives memory back`, async () => {
      const spec = await boot({ machineType });
      await pod.put({ ...spec, cpus: 3, memory: 512 * MIB });
      await pod.waitForState(has(3, 512));
      await guestSees(({ cpus, mebibytes }) => cpus === 3 && mebibytes > 380);
      await pod.put({ ...spec, cpus: 3, memory: 320 * MIB });
      await pod.waitForState(has(3, 320));
      await guestSees(({ cpus, mebibytes }) => cpus === 3 && mebibytes < 260);
    });
  }

  it('that is to have fewer processors under TCG, or more than it has room for, waits for its restart', async () => {
    const spec = await boot({ cpus: 2 });
    await pod.put({ ...spec, cpus: 1, memory: 1024 * MIB });
    const { restartAwaiting, resources } = await pod.waitForState(
      (state) => state.restartAwaiting.length > 0,
    );
    assert.deepEqual(restartAwaiting, [
      { field: 'cpus', now: '2', wanted: '1' },
      { field: 'memory', now: '256Mi', wanted: '1Gi' },
    ]);
    assert.deepEqual([resources?.cpus, resources?.memory], [2, 256 * MIB]);
  });

  it('that stands still is told to hold on to its memory, and gives it back when it goes on', async () => {
    const spec = await boot();
    await pod.put({ ...spec, memory: 384 * MIB });
    await pod.waitForState(has(1, 384));
    await pod.put({ ...spec, power: 'paused' });
    const { resizing, phase } = await pod.waitForState((state) => state.resizing !== undefined);
    assert.deepEqual(resizing, [{ field: 'memory', now: 384 * MIB, wanted: 256 * MIB }]);
    assert.match(phase, /Running|Paused/);
    await pod.put(spec);
    await pod.waitForState(has(1, 256));
  });

  it('has what it is to have though the launcher is killed over it', async () => {
    const spec = await boot();
    await pod.put({ ...spec, cpus: 4, memory: 384 * MIB });
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await pod.waitForState(has(4, 384));
    await guestSees(({ cpus, mebibytes }) => cpus === 4 && mebibytes > 250);
  });
});
