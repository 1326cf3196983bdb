import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type RuntimeFiles, runtimeFiles } from '../../pod/runtime-files.ts';
import { wrapperIsGone, wrapperWaits } from '../../testing/wrapper.ts';
import { writeFileAtomically } from '../../files/write-file-atomically.ts';
import { handOver, qemuProcess } from './process.ts';

const WRAPPER = join(import.meta.dirname, '../../../wrapper/qemu-wrapper');

describe('the wrapper', () => {
  let directory = '';
  let files: RuntimeFiles;
  let wrapper: ChildProcess | undefined;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wrapper-'));
    files = runtimeFiles(directory);
  });
  afterEach(async () => {
    if (wrapper?.exitCode === null && wrapper.signalCode === null) {
      wrapper.kill('SIGKILL');
      await once(wrapper, 'exit');
    }
    await rm(directory, { recursive: true });
  });

  function start() {
    const child = spawn(WRAPPER, [], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, HYPERSDK_RUNTIME: directory },
    });
    wrapper = child;
    return child;
  }

  it('hands every argument over as it is', async () => {
    const child = start();
    const output = text(child.stdout);
    await wrapperWaits(files);
    await handOver(files, {
      qemu: ['printf', '[%s]', 'a b', '', '{"x":"y,z"}', 'line\nbreak', '$HOME'],
    });
    assert.equal(await output, '[a b][][{"x":"y,z"}][line\nbreak][$HOME]');
  });

  it('finds an argument vector that was there before it', async () => {
    await handOver(files, { qemu: ['echo', 'early'] });
    assert.equal(await text(start().stdout), 'early\n');
  });

  it('finds an argument vector whose writer died before waking it', async () => {
    const output = text(start().stdout);
    await wrapperWaits(files);
    await writeFileAtomically(files.argv, 'echo\0alone\0');
    assert.equal(await output, 'alone\n');
  });

  it('keeps the first vector, however often one is handed over', async () => {
    await handOver(files, { qemu: ['echo', 'first'] });
    await handOver(files, { qemu: ['echo', 'second'] });
    assert.equal(await text(start().stdout), 'first\n');
  });

  it('exits with 0 when there is nothing to start', async () => {
    const exited = once(start(), 'exit');
    await handOver(files, { qemu: [] });
    assert.deepEqual(await exited, [0, null]);
  });

  it('exits with 0 on SIGTERM while it waits', async () => {
    const child = start();
    await wrapperWaits(files);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('leaves SIGTERM to the program that it becomes', async () => {
    const child = start();
    await handOver(files, { qemu: ['sh', '-c', 'echo up; exec sleep 60'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM']);
  });

  it('lets no second program start in its pod, whatever became of the first', async () => {
    const child = start();
    const output = text(child.stdout);
    await wrapperWaits(files);
    await handOver(files, { qemu: ['sh', '-c', 'echo first; exit 1'] });
    assert.equal(await output, 'first\n');
    const second = start();
    const said = text(second.stdout);
    assert.deepEqual(await once(second, 'exit'), [0, null]);
    assert.equal(await said, '');
    assert.equal(await qemuProcess(files), 'gone');
  });

  it('starts when the one before it was killed before anybody could know of it', async () => {
    execFileSync('mkfifo', [`${files.fifo}.new`]);
    const output = text(start().stdout);
    await wrapperWaits(files);
    await handOver(files, { qemu: ['echo', 'first'] });
    assert.equal(await output, 'first\n');
  });

  it('gives the program the console log as descriptor 4', async () => {
    const output = text(start().stdout);
    await handOver(files, { qemu: ['sh', '-c', 'echo to the log >&4'] });
    assert.equal(await output, 'to the log\n');
  });

  it('shows whether the program lives, and that it does not', async () => {
    assert.equal(await qemuProcess(files), 'absent');
    const child = start();
    await wrapperWaits(files);
    await handOver(files, { qemu: ['sh', '-c', 'echo up; exec sleep 60'] });
    await once(child.stdout, 'data');
    assert.equal(await qemuProcess(files), 'alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await wrapperIsGone(files);
  });

  it('starts the program by the hand-over, not when its wait of a second is over', async () => {
    const delays: number[] = [];
    for (let round = 0; round < 5; round++) {
      await rm(files.argv, { force: true });
      const child = start();
      const output = text(child.stdout);
      await wrapperWaits(files);
      const handed = Date.now() / 1000;
      await handOver(files, { qemu: ['bash', '-c', 'echo $EPOCHREALTIME'] });
      delays.push(Number(await output) - handed);
      await rm(files.fifo);
    }
    assert.ok(
      Math.min(...delays) < 0.5,
      `it took ${delays.map((delay) => Math.round(delay * 1000)).join(', ')} ms`,
    );
  });
});

describe('the powerdown hook', () => {
  it('asks and returns at once when there is no QEMU to wait for', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'powerdown-'));
    const hook = spawn(join(import.meta.dirname, '../../../wrapper/powerdown'), {
      stdio: 'ignore',
      env: { ...process.env, HYPERSDK_RUNTIME: directory },
    });
    assert.deepEqual(await once(hook, 'exit'), [0, null]);
    assert.equal(await readFile(runtimeFiles(directory).powerdown, 'utf8'), '');
    await rm(directory, { recursive: true });
  });
});
