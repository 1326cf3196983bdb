import { createInterface } from 'node:readline';
import { execa } from 'execa';

const DEADLINE_MS = 300_000;

/** Runs kubectl as a user would, on the cluster of KUBECONFIG; its output, or an error with what it said. */
export async function kubectl(
  args: readonly string[],
  options: { input?: string; timeout?: number } = {},
): Promise<string> {
  const { stdout } = await execa('kubectl', args, { timeout: DEADLINE_MS, ...options });
  return stdout;
}

/** Runs kubectl where it must fail; what it said. */
export async function refused(args: readonly string[], options: { input?: string } = {}): Promise<string> {
  const { exitCode, stderr } = await execa('kubectl', args, {
    timeout: DEADLINE_MS,
    reject: false,
    ...options,
  });
  if (exitCode === 0) throw new Error(`kubectl ${args.join(' ')} should have failed`);
  return stderr;
}

/** Lines of a `kubectl get --watch`, which ends when nobody takes more of them, or in four minutes. */
export async function* watched(args: readonly string[]): AsyncGenerator<string, void> {
  const watch = execa('kubectl', [...args, '--watch'], { reject: false, timeout: 240_000, buffer: false });
  try {
    yield* createInterface({ input: watch.stdout });
  } finally {
    watch.kill();
  }
}
