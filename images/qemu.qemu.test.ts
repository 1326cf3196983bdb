import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { execa } from 'execa';
import { ensureQemu } from './qemu.ts';

describe("the tests' QEMU", () => {
  let bin: string;

  before(async () => {
    bin = await ensureQemu();
  });

  for (const program of ['qemu-system-x86_64', 'qemu-img', 'qemu-storage-daemon', 'qemu-nbd']) {
    it(`has a ${program} of version 10 or newer`, async () => {
      const { stdout } = await execa(join(bin, program), ['--version'], { timeout: 10_000 });
      const [, major] = /(\d+)\.\d+\.\d+/.exec(stdout) ?? [];
      assert.ok(Number(major) >= 10, stdout);
    });
  }

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
        timeout: 30_000,
      });
    });
  }
});
