import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connectQmp, type QmpClient } from '../client.ts';
import { ConnectionClosedError } from '../errors.ts';

export interface RunningQemu {
  readonly qmp: QmpClient;
  /** Gone when QEMU is stopped. */
  readonly directory: string;
  readonly kill: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts the qemu-system-x86_64 on PATH in a directory of its own, with a QMP socket and nothing else. */
export async function startQemu(args: readonly string[]): Promise<RunningQemu> {
  const directory = await mkdtemp(join(tmpdir(), 'qemu-monitor-'));
  const path = join(directory, 'qmp.sock');
  const bare = ['-nodefaults', '-no-user-config', '-display', 'none'];
  const monitor = ['-qmp', `unix:${path},server=on,wait=off`];
  const qemu = spawn('qemu-system-x86_64', [...bare, ...monitor, ...args], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new AbortController();
  const exited = once(qemu, 'exit').finally(() => {
    gone.abort(new Error('qemu-system-x86_64 is gone'));
  });
  const stop = async (): Promise<void> => {
    qemu.kill('SIGKILL');
    await exited.catch(() => undefined);
    await rm(directory, { recursive: true });
  };
  try {
    const qmp = await connectWhenReady(path, gone.signal);
    return { qmp, directory, kill: () => qemu.kill('SIGKILL'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** QEMU says nothing when its socket is ready. */
async function connectWhenReady(path: string, signal: AbortSignal): Promise<QmpClient> {
  for (;;) {
    try {
      return await connectQmp({ path, signal });
    } catch (error) {
      if (!(error instanceof ConnectionClosedError)) throw error;
      await setTimeout(5, undefined, { signal });
    }
  }
}
