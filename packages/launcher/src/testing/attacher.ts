import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttachSpec, AttachState, type MachineDisk } from '@hypersdk/api/machine';
import { issue, writeIdentity } from './certificates.ts';
import { freePort } from './free-port.ts';
import { LAUNCHER_NAME } from './launcher-client.ts';
import type { TestPod } from './pod.ts';

interface Attacher {
  readonly process: ChildProcess;
  readonly port: number;
}

/** The program of an attachment pod beside the pod of a VM; resolves once it serves. */
export async function startAttacher(
  pod: TestPod,
  server: string,
  disk: MachineDisk,
  exportName?: string,
): Promise<Attacher> {
  const root = await mkdtemp(pod.path('attacher-'));
  await writeIdentity(root, await issue(pod.authority, server));
  const port = await freePort();
  const spec: AttachSpec = { disk, client: LAUNCHER_NAME, ...(exportName !== undefined && { exportName }) };
  const attacher = spawn(process.execPath, [join(import.meta.dirname, '../attach/main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...{ HYPERSDK_CONFIG: root, HYPERSDK_RUNTIME: root, HYPERSDK_PORT: '0' },
      ...{ HYPERSDK_NBD_PORT: String(port), TERMINATION_LOG: join(root, 'termination-log') },
      ATTACH_SPEC: JSON.stringify(spec),
    },
  });
  // The attacher says more later.
  const lines = attacher.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
  for await (const line of lines as AsyncIterable<string>) {
    const { phase } = AttachState.parse(JSON.parse(line.trim().split('\n').at(-1) ?? ''));
    if (phase === 'Serving') return { process: attacher, port };
  }
  throw new Error('the attacher ended');
}
