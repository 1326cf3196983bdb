import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineSpec } from '@hypersdk/api/machine';
import { documentDigest } from '@hypersdk/api/machine-digest';
import * as z from 'zod';
import { hasCode } from '../files/errno.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';

/** A spec with the text that it came in, which may say more than this launcher knows of. */
export interface SpecDocument {
  readonly spec: MachineSpec;
  readonly text: string;
  readonly digest: string;
}

/** The spec the operator mounted, or the newer one that it PUT before this launcher was restarted. */
export async function loadSpec(config: string, persisted: string): Promise<SpecDocument> {
  const mounted = await readSpec(join(config, 'machine.json'));
  const put = await readSpec(persisted).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  return put?.spec.epoch === mounted.spec.epoch ? put : mounted;
}

/** As it was received: a launcher of a later version, started in this one's place, may understand more of it. */
export async function saveSpec(persisted: string, { text }: SpecDocument): Promise<void> {
  await writeFileAtomically(persisted, text);
}

export function specDocument(spec: MachineSpec, text: string): SpecDocument {
  return { spec, text, digest: documentDigest(text) };
}

async function readSpec(path: string): Promise<SpecDocument> {
  const text = await readFile(path, 'utf8');
  const parsed = MachineSpec.safeParse(JSON.parse(text));
  if (parsed.success) return specDocument(parsed.data, text);
  throw new Error(`${path} is no machine spec: ${z.prettifyError(parsed.error)}`);
}
