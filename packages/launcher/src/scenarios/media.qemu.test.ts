import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineDisk, MachineSpec } from '@hypersdk/api/machine';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

const MIB = 1024 * 1024;

describe("a running guest's CD-ROM drive", () => {
  let pod: TestPod;
  let golden: string;
  beforeEach(async () => {
    pod = await TestPod.create();
    golden = await pod.image('tiny', await tinyGuest());
  });
  afterEach(() => pod.remove());

  async function medium(name: string): Promise<MachineDisk> {
    return { ...(await pod.disk(`cd.${name}`)), name: 'cd', device: 'cdrom', size: MIB };
  }

  const emptied = (disk: MachineDisk): MachineDisk => ({ ...disk, empty: true });
  const fileOf = (name: string): string => join(pod.path('volumes', `cd.${name}`), 'disk.qcow2');

  async function boot(cd: MachineDisk): Promise<(cd: MachineDisk) => MachineSpec> {
    const root = await pod.disk('root', {
      ...{ bootIndex: 1, source: { type: 'image', path: golden, clone: 'linked' } },
    });
    const withCd = (disk: MachineDisk): MachineSpec =>
      machineSpec({ cpus: 1, memory: 128 * MIB, disks: [root, disk] });
    await pod.mountSpec(withCd(cd));
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/READY/);
    return withCd;
  }

  const inserted = (name: string) =>
    pod.waitForState(({ disks }) => disks.some(({ chain }) => chain[0] === fileOf(name)));
  const ejected = () => pod.waitForState(({ disks }) => disks.every(({ name }) => name !== 'cd'));

  it('is emptied and filled again, whatever becomes of the launcher', async () => {
    const [first, second] = [await medium('first'), await medium('second')];
    const withCd = await boot(first);
    await pod.put(withCd(emptied(first)));
    await pod.kill(pod.launcher);
    await pod.startLauncher();
    await ejected();
    await pod.put(withCd(second));
    assert.deepEqual((await inserted('second')).restartAwaiting, []);
    await pod.put(withCd(first));
    await inserted('first');
  });

  it('that was empty at the start is filled, and emptied again', async () => {
    const first = await medium('first');
    const withCd = await boot(emptied(first));
    await pod.put(withCd(first));
    await inserted('first');
    await pod.put(withCd(emptied(first)));
    assert.equal((await ejected()).problem, undefined);
  });
});
