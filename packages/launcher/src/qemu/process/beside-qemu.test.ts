import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type RuntimeFiles, runtimeFiles } from '../../pod/runtime-files.ts';
import { pretendQemu } from '../../testing/pretend-qemu.ts';
import { waitForLine } from '../../testing/console-file.ts';
import { writeToReader } from './fifo.ts';

const BESIDE_QEMU = join(import.meta.dirname, '../../../wrapper/beside-qemu');
const PATIENCE = (): AbortSignal => AbortSignal.timeout(60_000);
const SERVER = ['sh', '-c', 'echo up; exec sleep 600'];

describe('what runs beside QEMU', () => {
  let files: RuntimeFiles;
  let qemu: FileHandle | undefined;
  let beside: ChildProcess | undefined;
  beforeEach(async () => {
    files = runtimeFiles(await mkdtemp(join(tmpdir(), 'beside-')));
  });
  afterEach(async () => {
    beside?.kill('SIGKILL');
    await qemu?.close();
    await rm(files.directory, { recursive: true });
  });

  /** Resolves when the command runs, or has been ended, with how that will have been. */
  async function start(...command: string[]): Promise<{ end: Promise<unknown[]> }> {
    const child = spawn(BESIDE_QEMU, command, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HYPERSDK_RUNTIME: files.directory, HYPERSDK_PATIENCE: '1' },
    });
    beside = child;
    const end = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), end]);
    return { end };
  }

  it('is done when QEMU has ended', async () => {
    qemu = await pretendQemu(files);
    const { end } = await start(...SERVER);
    await qemu.close();
    assert.deepEqual(await end, [0, null]);
  });

  it('is done when it is started again and QEMU has ended meanwhile', async () => {
    qemu = await pretendQemu(files);
    await qemu.close();
    assert.deepEqual(await (await start(...SERVER)).end, [0, null]);
  });

  it('is to be started again when it has ended by itself', async () => {
    qemu = await pretendQemu(files);
    assert.deepEqual(await (await start('sh', '-c', 'echo up; exit 3')).end, [3, null]);
  });

  it('is to be started again when it was told to end, as for an upgrade, and QEMU goes on', async () => {
    qemu = await pretendQemu(files);
    const { end } = await start(...SERVER);
    beside?.kill('SIGTERM');
    assert.deepEqual(await end, [143, null]);
  });

  it('ends at once when it is told to before there was a QEMU', async () => {
    const { end } = await start(...SERVER);
    beside?.kill('SIGTERM');
    assert.deepEqual(await end, [143, null]);
  });

  it('looks again when the launcher says so, with QEMU or before it', async () => {
    const again = join(files.directory, 'starts');
    execFileSync('mkfifo', [files.networksFifo]);
    const { end } = await start('sh', '-c', `echo . >>${again}; echo up; exec sleep 600`);
    const starts = (count: number) => waitForLine(again, new RegExp(`(\\.\\n){${count}}`), PATIENCE());
    const tell = async (): Promise<void> => {
      assert.ok(await writeToReader(files.networksFifo, '\n'));
    };
    await tell();
    await starts(2);
    qemu = await pretendQemu(files);
    await tell();
    await starts(3);
    await qemu.close();
    assert.deepEqual(await end, [0, null]);
  });

  it('serves a guest that powers down until QEMU has ended', async () => {
    qemu = await pretendQemu(files);
    await writeFile(files.powerdown, '');
    const { end } = await start(...SERVER);
    beside?.kill('SIGTERM');
    await qemu.close();
    assert.deepEqual(await end, [0, null]);
  });
});
