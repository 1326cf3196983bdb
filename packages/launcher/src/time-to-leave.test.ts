import assert from 'node:assert/strict';
import { type FileHandle, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type RuntimeFiles, runtimeFiles } from './pod/runtime-files.ts';
import { pretendQemu } from './testing/pretend-qemu.ts';
import { timeToLeave } from './time-to-leave.ts';

describe('a launcher that got SIGTERM', () => {
  let files: RuntimeFiles;
  let qemu: FileHandle | undefined;
  beforeEach(async () => {
    files = runtimeFiles(await mkdtemp(join(tmpdir(), 'leave-')));
  });
  afterEach(async () => {
    await qemu?.close();
    await rm(files.directory, { recursive: true });
  });

  /** Milliseconds after which it leaves, by a clock on which `events` happen at their times. */
  async function leaves(events: Record<number, () => Promise<void>> = {}): Promise<number> {
    let now = 0;
    const delay = async (milliseconds: number): Promise<void> => {
      now += milliseconds;
      await events[now]?.();
    };
    await timeToLeave(files, { now: () => now, delay });
    return now;
  }

  it('leaves at once when there never was a QEMU', async () => {
    assert.equal(await leaves(), 0);
  });

  it('leaves a QEMU that nobody has powered down by then', async () => {
    qemu = await pretendQemu(files);
    assert.equal(await leaves(), 10_000);
  });

  it('stays with a QEMU that is powered down, also a little later, until that is gone', async () => {
    qemu = await pretendQemu(files);
    const hook = (): Promise<void> => writeFile(files.powerdown, '');
    assert.equal(await leaves({ 9_000: hook, 600_000: async () => qemu?.close() }), 609_900);
  });
});
