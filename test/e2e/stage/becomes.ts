import { watched } from './kubectl.ts';
import type { Scene } from './scene.ts';

/**
 * Resolves with the object once it is as wanted; all at one time, where a wait and then a look might miss each other.
 * Rejects with how it was last.
 */
export async function becomes<T>(
  { namespace }: Scene,
  resource: string,
  isWanted: (object: T) => boolean,
): Promise<T> {
  let text = '';
  let last = '';
  const [kind = '', name = ''] = resource.split('/');
  // A list of one: of a single object kubectl drops the first event of a watch, which may be news since it was read.
  const list = ['get', kind, `--field-selector=metadata.name=${name}`, '--output', 'json'];
  for await (const line of watched(['--namespace', namespace, ...list])) {
    text += line;
    if (line !== '}') continue;
    // Of the kind that was asked for: the server checked it against our schema.
    const object = JSON.parse(text) as T;
    if (isWanted(object)) return object;
    last = text;
    text = '';
  }
  throw new Error(`${resource} did not become as wanted; it was last: ${last}`);
}
