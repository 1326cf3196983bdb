/** ssh as a user of the cluster does it: from this machine, by way of a pod on another node than the guest's. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { execa } from 'execa';
import { waitFor } from '../../cluster/waiting.ts';
import type { Scene } from './scene.ts';

const DEADLINE_MS = 180_000;

export interface Identity {
  readonly file: string;
  readonly publicKey: string;
}

export async function newIdentity(t: TestContext): Promise<Identity> {
  const directory = await mkdtemp(join(tmpdir(), 'e2e-ssh-'));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, 'key');
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'e2e', '-f', file]);
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}

/** ssh's own, whatever the command: a guest's agent may answer some time before its sshd does. */
const NO_CONNECTION = 255;

/** Runs a command in the guest at `address`, once it can be reached; what it said. Needs the scene's client pod. */
export async function ssh(
  { namespace }: Scene,
  { file }: Identity,
  address: string,
  command: string,
): Promise<string> {
  const proxy = `kubectl --namespace ${namespace} exec --stdin client -- busybox nc ${address} 22`;
  const options = {
    ProxyCommand: proxy,
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
    BatchMode: 'yes',
    ConnectTimeout: '120',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const args = ['-i', file, ...flags, `debian@${address}`, command];
  const reached = { until: `${address} can be reached by ssh`, seconds: DEADLINE_MS / 1000 };
  return waitFor(reached, async () => {
    const result = await execa('ssh', args, { timeout: DEADLINE_MS, reject: false });
    if (result.exitCode === NO_CONNECTION) return undefined;
    if (result.failed) throw new Error(`ssh ${command}: ${result.message}`, { cause: result });
    return result.stdout;
  });
}
