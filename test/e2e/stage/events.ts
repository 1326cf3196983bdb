import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Scene } from './scene.ts';

const DEADLINE_MS = 120_000;

/** Resolves with the message of the first event of this reason about the VM, which may be yet to come. */
export async function eventOf({ namespace }: Scene, vm: string, reason: string): Promise<string> {
  const selector = `--field-selector=involvedObject.name=${vm},reason=${reason}`;
  const output = '--output=jsonpath={.message}{"\\n"}';
  const args = ['--namespace', namespace, 'get', 'events', '--watch', selector, output];
  const events = execa('kubectl', args, { reject: false, timeout: DEADLINE_MS, buffer: false });
  try {
    for await (const line of createInterface({ input: events.stdout })) return line;
  } finally {
    events.kill();
  }
  throw new Error(`no event ${reason} about VM ${vm} within ${DEADLINE_MS} ms`);
}
