import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSpec } from '@hypersdk/api/machine';
import { hasCode } from '../errno.ts';
import { runTool } from './tool.ts';

export interface SeedInput {
  readonly cloudInit: NonNullable<MachineSpec['cloudInit']>;
  /** Where the Secret with `user-data` and `network-data` may be mounted. */
  readonly payload: string;
  /** The seed image to make. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * Makes cloud-init's NoCloud seed: a FAT file system labelled `cidata`. mtools writes it without a mount or
 * a root right, in one small program.
 */
export async function makeSeed({ cloudInit, payload, path, signal }: SeedInput): Promise<void> {
  const staging = `${path}.d`;
  const image = `${path}.new`;
  await Promise.all([rm(staging, { recursive: true, force: true }), rm(image, { force: true })]);
  await mkdir(staging, { mode: 0o700 });
  const files = await stageFiles(staging, payload, cloudInit);
  await runTool('mformat', ['-C', '-i', image, '-f', '1440', '-v', 'cidata', '-N', '0', '::'], { signal });
  await runTool('mcopy', ['-i', image, ...files, '::'], { signal });
  await rename(image, path);
  await rm(staging, { recursive: true });
}

/** NoCloud takes a seed with meta-data and user-data, be that empty; network-config only when there is one. */
async function stageFiles(
  staging: string,
  payload: string,
  { instanceId, hostname }: SeedInput['cloudInit'],
): Promise<string[]> {
  // A JSON string is a YAML string, so neither can break out of its field.
  const metadata = `instance-id: ${JSON.stringify(instanceId)}\nlocal-hostname: ${JSON.stringify(hostname)}\n`;
  const contents = {
    'meta-data': metadata,
    'user-data': (await readOptional(join(payload, 'user-data'))) ?? '',
    'network-config': await readOptional(join(payload, 'network-data')),
  };
  const present = Object.entries(contents).filter(([, content]) => content !== undefined);
  const files = present.map(([name, content = '']) => ({ path: join(staging, name), content }));
  await Promise.all(files.map(({ path, content }) => writeFile(path, content)));
  return files.map(({ path }) => path);
}

async function readOptional(path: string): Promise<string | Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
