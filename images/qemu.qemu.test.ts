import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { execa } from 'execa';
import { ensureQemu, ensureUefi } from './qemu.ts';

describe("the tests' QEMU", () => {
  let bin: string;

  before(async () => {
    bin = await ensureQemu();
  });

  for (const program of ['qemu-system-x86_64', 'qemu-img', 'qemu-storage-daemon', 'qemu-nbd']) {
    it(`has a ${program} of version 10 or newer`, async () => {
      const { stdout } = await execa(join(bin, program), ['--version'], { timeout: 60_000 });
      const [, major] = /(\d+)\.\d+\.\d+/.exec(stdout) ?? [];
      assert.ok(Number(major) >= 10, stdout);
    });
  }

  it('has a TPM emulator and the images of UEFI beside it', async () => {
    await execa(join(bin, 'swtpm'), ['--version'], { timeout: 60_000 });
    const names = await readdir(await ensureUefi());
    const wanted = ['OVMF_CODE_4M.fd', 'OVMF_CODE_4M.secboot.fd', 'OVMF_VARS_4M.fd', 'OVMF_VARS_4M.ms.fd'];
    assert.deepEqual(
      wanted.filter((name) => !names.includes(name)),
      [],
    );
  });

  for (const machine of ['q35', 'pc', 'microvm']) {
    it(`finds the firmware of ${machine}`, async () => {
      const options = [
        '-machine',
        `${machine},accel=tcg`,
        '-nodefaults',
        '-display',
        'none',
        '-S',
        '-monitor',
        'stdio',
      ];
      const display = machine === 'microvm' ? [] : ['-device', 'VGA', '-device', 'virtio-gpu-pci'];
      await execa(join(bin, 'qemu-system-x86_64'), [...options, ...display], {
        input: 'quit\n',
        timeout: 120_000,
      });
    });
  }
});
