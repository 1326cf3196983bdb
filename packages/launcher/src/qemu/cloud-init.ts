import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSpec } from '@hypersdk/api/machine';
import { hasCode } from '../files/errno.ts';
import { runTool } from './process/tool.ts';

export interface SeedInput {
  readonly cloudInit: NonNullable<MachineSpec['cloudInit']>;
  /** Where `user-data`, `network-data` and `ssh-keys` may be mounted. */
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

/**
 * NoCloud takes a seed with meta-data and user-data, be that empty; network-config only when there is one. SSH keys go
 * into meta-data, where clouds put them, so that the user's own documents stay as they are.
 */
async function stageFiles(
  staging: string,
  payload: string,
  { instanceId, hostname, newMachineId }: SeedInput['cloudInit'],
): Promise<string[]> {
  const keys = await readOptional(join(payload, 'ssh-keys'));
  const contents = {
    'meta-data': metaData({
      'instance-id': instanceId,
      'local-hostname': hostname,
      ...(keys !== undefined && { 'public-keys': linesOf(keys.toString()) }),
    }),
    'user-data': (await readOptional(join(payload, 'user-data'))) ?? '',
    'vendor-data': newMachineId ? NEW_MACHINE_ID : undefined,
    'network-config': await readOptional(join(payload, 'network-data')),
  };
  const present = Object.entries(contents).filter(([, content]) => content !== undefined);
  const files = present.map(([name, content = '']) => ({ path: join(staging, name), content }));
  await Promise.all(files.map(({ path, content }) => writeFile(path, content)));
  return files.map(({ path }) => path);
}

/**
 * Vendor data, so that the user's own stays as it is. cloud-init has no module for the machine-id; its program
 * cloud-init-per runs a command once an instance. D-Bus' copy goes too, or systemd would take the old id from it.
 */
const NEW_MACHINE_ID = `#cloud-config
bootcmd:
  - [cloud-init-per, instance, hypersdk-machine-id, sh, -c, 'rm -f /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup']
`;

/** JSON values are YAML values, so none can break out of its field. */
function metaData(fields: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

async function readOptional(path: string): Promise<string | Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
