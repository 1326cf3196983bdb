import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { copyFirmware } from './copy-firmware.ts';

describe('what the firmware of a source keeps', () => {
  let root: string;
  let firmware: { from: string; to: string };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'firmware-'));
    firmware = { from: join(root, 'source'), to: join(root, 'clone') };
    for (const directory of Object.values(firmware)) await mkdir(directory);
  });
  afterEach(() => rm(root, { recursive: true }));

  const copy = (): Promise<void> => copyFirmware(firmware, AbortSignal.timeout(10_000));

  async function keep(files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(join(firmware.from, 'tpm2'), { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(join(firmware.from, file), content);
  }

  async function copied(): Promise<Record<string, string>> {
    const entries = await readdir(firmware.to, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const contents = files.map(async (file) => [
      file.slice(firmware.to.length + 1),
      await readFile(file, 'utf8'),
    ]);
    return Object.fromEntries(await Promise.all(contents)) as Record<string, string>;
  }

  it('comes to the clone, without what is of one run alone', async () => {
    const lasting = { 'uefi.fd': 'variables', 'tpm2/tpm2-00.permall': 'seeds' };
    await keep({ ...lasting, 'tpm2/.lock': '', 'uefi-secure-boot.fd.partial': 'half' });
    await copy();
    assert.deepEqual(await copied(), lasting);
  });

  it('is copied anew by an attempt after one that died', async () => {
    await keep({ 'uefi-secure-boot.fd': 'now' });
    await writeFile(join(firmware.to, 'uefi-secure-boot.fd'), 'before');
    await writeFile(join(firmware.to, 'uefi.fd.partial'), 'half');
    await copy();
    assert.deepEqual(await copied(), { 'uefi-secure-boot.fd': 'now' });
  });

  it('may be nothing yet', async () => {
    await copy();
    assert.deepEqual(await copied(), {});
  });
});
