/** The guest's serial console: the log of its pod's qemu container. */
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Scene } from './scene.ts';

const DEADLINE_MS = 240_000;

/** Resolves with the first line that matches, from the console's beginning; rejects with all that was said instead. */
export async function consoleLine(scene: Scene, pod: string, pattern: RegExp): Promise<string> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const line = await follow(scene, pod, pattern);
    if (line !== undefined) return line;
    if (Date.now() > deadline) throw new Error(`${pod} has no console yet`);
  }
}

/** Nothing where the kubelet has not told yet that the container runs: the launcher's news of the guest may be earlier. */
async function follow({ namespace }: Scene, pod: string, pattern: RegExp): Promise<string | undefined> {
  const logs = execa('kubectl', ['--namespace', namespace, 'logs', '--follow', pod, '--container', 'qemu'], {
    reject: false,
    timeout: DEADLINE_MS,
    buffer: { stdout: false, stderr: true },
  });
  const said: string[] = [];
  try {
    for await (const line of createInterface({ input: logs.stdout })) {
      if (pattern.test(line)) return line;
      said.push(line);
    }
  } finally {
    logs.kill();
  }
  if ((await logs).stderr.includes('is waiting to start')) return undefined;
  throw new Error(`the console of ${pod} ended without ${String(pattern)}:\n${said.slice(-20).join('\n')}`);
}
