import { setTimeout as delay } from 'node:timers/promises';
import type { GuestAgent } from 'qemu-monitor';
import * as z from 'zod';

/** Milliseconds. */
const LOOK_AGAIN = 500;

const Started = z.object({ pid: z.int() });
const Status = z.object({
  exited: z.boolean(),
  exitcode: z.int().optional(),
  'err-data': z.base64().optional(),
});

export interface GuestScript {
  /** Begins the error, as in `the guest could not ...`. */
  readonly what: string;
  /** For /bin/sh. */
  readonly script: string;
  readonly parameters: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
}

/** Has the guest agent run a script, and waits for its end. Rejects with what the guest said where it could not. */
export async function runInGuest(
  agent: Pick<GuestAgent, 'execute'>,
  { what, script, parameters, timeout }: GuestScript,
  signal: AbortSignal,
): Promise<void> {
  const bounds = { signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) };
  const command = {
    path: '/bin/sh',
    arg: ['-c', script, 'hypersdk', ...parameters],
    'capture-output': true,
  };
  const { pid } = Started.parse(await agent.execute('guest-exec', command, bounds));
  for (;;) {
    const status = Status.parse(await agent.execute('guest-exec-status', { pid }, bounds));
    if (status.exited) {
      check(what, status);
      return;
    }
    await delay(LOOK_AGAIN, undefined, bounds);
  }
}

function check(what: string, { exitcode, 'err-data': said = '' }: z.infer<typeof Status>): void {
  if (exitcode === 0) return;
  // The guest may say anything, of any length.
  const words = Buffer.from(said, 'base64').toString().trim().slice(0, 500);
  throw new Error(`the guest could not ${what}: ${words || `exit code ${exitcode ?? 'unknown'}`}`);
}
