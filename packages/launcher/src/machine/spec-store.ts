import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineSpec } from '@hypersdk/api/machine';
import * as z from 'zod';
import { hasCode } from '../errno.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';

/** The spec the operator mounted, or the newer one that it PUT before this launcher was restarted. */
export async function loadSpec(config: string, persisted: string): Promise<MachineSpec> {
  const mounted = await readSpec(join(config, 'machine.json'));
  const put = await readSpec(persisted).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  return put?.epoch === mounted.epoch ? put : mounted;
}

export async function saveSpec(persisted: string, spec: MachineSpec): Promise<void> {
  await writeFileAtomically(persisted, JSON.stringify(spec));
}

async function readSpec(path: string): Promise<MachineSpec> {
  const parsed = MachineSpec.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${path} is no machine spec: ${z.prettifyError(parsed.error)}`);
}
