import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { MachineFirmware, MachineSpec } from '@hypersdk/api/machine';
import { typeCommand } from '../testing/guest-keyboard.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { TestPod } from '../testing/pod.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';

describe('firmware that keeps something', () => {
  let pod: TestPod;
  beforeEach(async () => {
    pod = await TestPod.create();
  });
  afterEach(() => pod.remove());

  async function bootable(changes: Partial<MachineFirmware>, image?: string): Promise<MachineSpec> {
    const path = await pod.image('tiny', image ?? (await tinyGuest()));
    const root = await pod.disk('root', { bootIndex: 1, source: { type: 'image', path, clone: 'linked' } });
    const directory = pod.path('firmware');
    const firmware: MachineFirmware = {
      ...{ bootloader: 'uefi', secureBoot: false, tpm: false, directory },
      ...changes,
    };
    const spec = machineSpec({
      cpus: 1,
      memory: 256 * 1024 * 1024,
      gracePeriod: 10,
      disks: [root],
      firmware,
    });
    await pod.mountSpec(spec);
    return spec;
  }

  async function boot(): Promise<void> {
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/GUEST-UP/);
  }

  /** What the guest says of its firmware. */
  async function firmware(): Promise<Record<'kind' | 'secureBoot' | 'variable' | 'tpm', string | undefined>> {
    await typeCommand(pod, 'firmware');
    const said = /FIRMWARE (\w+) SECURE-BOOT (\w+) VARIABLE (\w+) TPM (\w+)\r?\n/;
    const [, kind, secureBoot, variable, tpm] = await pod.waitForConsole(said);
    return { kind, secureBoot, variable, tpm };
  }

  async function nextEpoch(spec: MachineSpec): Promise<void> {
    pod.requestPowerdown();
    assert.equal(await pod.qemuExit(), 0);
    assert.equal(await pod.launcherExit(), 0);
    await pod.emptyRuntime();
    await pod.mountSpec({ ...spec, epoch: spec.epoch + 1 });
    await boot();
  }

  it('is UEFI whose variables, and a TPM whose seed, the next epoch finds again', async () => {
    const spec = await bootable({ tpm: true });
    await boot();
    const first = await firmware();
    assert.deepEqual({ ...first, tpm: '' }, { kind: 'uefi', secureBoot: 'off', variable: 'none', tpm: '' });
    assert.match(first.tpm ?? '', /^[0-9a-f]{16}$/);
    await typeCommand(pod, 'remember something');
    await pod.waitForConsole(/REMEMBERED something/);
    await nextEpoch(spec);
    assert.deepEqual(await firmware(), { ...first, variable: 'something' });
  });

  it('starts what Debian signed under Secure Boot, and keeps its variables apart', async () => {
    await bootable({ secureBoot: true });
    await boot();
    assert.equal((await firmware()).secureBoot, 'on');
    assert.deepEqual(await readdir(pod.path('firmware')), ['uefi-secure-boot.fd']);
  });

  it('refuses a boot loader under Secure Boot of which a byte was changed', async () => {
    await bootable({ secureBoot: true }, await tampered(pod.path('tampered')));
    pod.startQemu();
    await pod.startLauncher();
    await pod.waitForConsole(/(Access Denied|Security Violation)/i);
    assert.doesNotMatch(await readFile(pod.console, 'utf8'), /GUEST-UP/);
  });

  it('is a TPM with BIOS too, which no second machine gets and no restart of the launcher takes away', async () => {
    const spec = await bootable({ bootloader: 'bios', tpm: true });
    await boot();
    await pod.kill(pod.launcher);
    const other = await TestPod.create();
    try {
      await other.mountSpec({ ...spec, disks: [] });
      other.startQemu();
      await other.startLauncher();
      assert.notEqual(await other.qemuExit(), 0);
    } finally {
      await other.remove();
    }
    await pod.startLauncher();
    await pod.waitForState(({ phase }) => phase === 'Running');
    const { kind, tpm } = await firmware();
    assert.equal(kind, 'bios');
    assert.match(tpm ?? '', /^[0-9a-f]{16}$/);
  });
});

/** The tiny guest's image with another byte in the text of its first boot loader, shim. */
async function tampered(path: string): Promise<string> {
  execFileSync('qemu-img', ['convert', '-O', 'raw', await tinyGuest(), `${path}.raw`]);
  const disk = await readFile(`${path}.raw`);
  const place = disk.indexOf('S\0h\0i\0m\0');
  assert.ok(place > 0);
  disk.writeUInt8(disk.readUInt8(place) ^ 1, place);
  await writeFile(`${path}.raw`, disk);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', `${path}.raw`, path]);
  return path;
}
