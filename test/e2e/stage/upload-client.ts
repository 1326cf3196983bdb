/** A user who uploads by the commands that a VMImage tells, as they are but for the file and the local port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { execa } from 'execa';

const DEADLINE_MS = 180_000;

export interface UploadClient {
  /** Runs the second command with this as the file; what curl prints. */
  readonly send: (command: string, content: Uint8Array) => Promise<string>;
}

/** Holds the first command's connection until the test is over. */
export async function uploadClient(t: TestContext, message: string): Promise<UploadClient> {
  const directory = await mkdtemp(join(tmpdir(), 'upload-'));
  const [, forward = ''] = /In one: kubectl (.*?)8443:443/.exec(message) ?? [];
  const forwarding = spawn('kubectl', [...forward.trim().split(' '), ':443'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(forwarding, 'exit');
  t.after(async () => {
    forwarding.kill();
    await ended;
    await rm(directory, { recursive: true });
  });
  const port = await forwardedPort(forwarding.stdout);
  return {
    send: async (command, content) => {
      const file = join(directory, 'image');
      await writeFile(file, content);
      const shell = command.replace(' FILE ', ` ${file} `).replace('::localhost:8443', `::localhost:${port}`);
      const { stdout } = await execa('bash', ['-c', shell], {
        ...{ cwd: directory, reject: false, timeout: DEADLINE_MS, env: { NO_PROXY: '*' } },
      });
      return stdout;
    },
  };
}

/** The command of the second shell. */
export const sendCommand = (message: string): string => /In the other: (.*)$/.exec(message)?.[1] ?? '';

/** Goes on reading: kubectl tells of each connection, to whoever listens. */
function forwardedPort(output: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  output.on('data', (text: Buffer) => {
    const found = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(text.toString());
    if (found?.[1] !== undefined) resolve(found[1]);
  });
  output.once('end', () => {
    reject(new Error('kubectl port-forward has ended'));
  });
  return promise;
}
