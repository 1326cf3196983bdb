import { watched } from './kubectl.ts';
import type { Scene } from './scene.ts';

/** Resolves with the message of the first event of this reason about the VM that says this, which may be yet to come. */
export async function eventOf(
  { namespace }: Scene,
  vm: string,
  reason: string,
  says = /(?:)/,
): Promise<string> {
  const selector = `--field-selector=involvedObject.name=${vm},reason=${reason}`;
  const output = '--output=jsonpath={.message}{"\\n"}';
  for await (const line of watched(['--namespace', namespace, 'get', 'events', selector, output]))
    if (says.test(line)) return line;
  throw new Error(`there was no event ${reason} about VM ${vm}`);
}
