import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Scene } from './scene.ts';

const DEADLINE_MS = 120_000;

/**
 * Resolves with the object once it is as wanted; all at one time, where a wait and then a look might miss each other.
 * Rejects with how it was last.
 */
export async function becomes<T>(
  { namespace }: Scene,
  resource: string,
  isWanted: (object: T) => boolean,
): Promise<T> {
  const args = ['--namespace', namespace, 'get', resource, '--watch', '--output', 'json'];
  const objects = execa('kubectl', args, { reject: false, timeout: DEADLINE_MS, buffer: false });
  let text = '';
  let last = '';
  try {
    for await (const line of createInterface({ input: objects.stdout })) {
      text += line;
      if (line !== '}') continue;
      // Of the kind that was asked for: the server checked it against our schema.
      const object = JSON.parse(text) as T;
      if (isWanted(object)) return object;
      last = text;
      text = '';
    }
  } finally {
    objects.kill();
  }
  throw new Error(`${resource} did not become as wanted; it was last: ${last}`);
}
