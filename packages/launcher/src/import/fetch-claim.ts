import { access, constants, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CLAIM_FILES, type ImportSource, type ImportSpec } from '@hypersdk/api/machine';
import { hasCode } from '../files/errno.ts';
import { exists } from '../files/exists.ts';
import { ProblemError } from '../problem.ts';
import { imageFiles } from './files.ts';
import { unpacked } from './unpack.ts';
import { verify } from './verify.ts';
import type { Fetched, Fetching } from './fetching.ts';

type ClaimSource = Extract<ImportSource, { type: 'claim' }>;

/** Finds the disk in a volume of somebody else's, which is mounted read-only. Throws ProblemError. */
export async function fetchClaim(spec: ImportSpec, source: ClaimSource, options: Fetching): Promise<Fetched> {
  const path = await diskIn(source);
  const { signal, onUnpacking: onProgress } = options;
  const what = `The disk in claim ${source.name}`;
  // A disk is large and is read again to be copied: not for a digest that nobody has asked for.
  const checksum = spec.checksum && (await verify(path, spec, { what, signal }));
  if (source.volume.type === 'block') return { path, isOurs: false, downloaded: 0, checksum };
  const plain = await unpacked(path, imageFiles(spec.directory).unpacked, { signal, onProgress });
  return { path: plain, isOurs: plain !== path, downloaded: 0, checksum };
}

async function diskIn({ name, volume, path }: ClaimSource): Promise<string> {
  if (volume.type === 'block') return readable(name, volume.device);
  const { directory } = volume;
  for (const file of path === undefined ? CLAIM_FILES : [path]) {
    if (await exists(join(directory, file))) return readable(name, await within(directory, file));
  }
  const wanted = path ?? CLAIM_FILES.join(' or ');
  throw problem('NotFound', `Claim ${name} holds no file ${wanted}: name the disk's in source.pvc.path.`);
}

/** A link, or dots in the path, could lead to whatever else is in this pod. */
async function within(directory: string, file: string): Promise<string> {
  const found = await realpath(join(directory, file));
  const root = await realpath(directory);
  const isFile = (await stat(found)).isFile();
  if (found.startsWith(root + sep) && isFile) return found;
  throw problem('UnsafeImage', `${file} is no file within its claim: name one that is in source.pvc.path.`);
}

async function readable(name: string, path: string): Promise<string> {
  try {
    await access(path, constants.R_OK);
    return path;
  } catch (cause) {
    if (!hasCode(cause, 'EACCES') && !hasCode(cause, 'EPERM')) throw cause;
    const message = `The disk in claim ${name} may not be read by user or group 107: let it.`;
    throw new ProblemError({ reason: 'AccessDenied', message }, { cause });
  }
}

const problem = (reason: string, message: string): ProblemError => new ProblemError({ reason, message });
