import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../files/exists.ts';
import { ProblemError } from '../../problem.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Keys of the Secret, as Amazon's tools call them in files and in environments. */
const NAMES = {
  accessKeyId: ['accessKeyId', 'AWS_ACCESS_KEY_ID'],
  secretAccessKey: ['secretAccessKey', 'AWS_SECRET_ACCESS_KEY'],
  sessionToken: ['sessionToken', 'AWS_SESSION_TOKEN'],
} as const;

/** Undefined where the image names no Secret. */
export async function readCredentials(directory: string): Promise<Credentials | undefined> {
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
    read(directory, NAMES.accessKeyId),
    read(directory, NAMES.secretAccessKey),
    read(directory, NAMES.sessionToken),
  ]);
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  if (!(await exists(directory))) return undefined;
  const missing = accessKeyId ? 'secretAccessKey' : 'accessKeyId';
  const message = `The Secret of the object store has no key ${missing}: give it accessKeyId and secretAccessKey.`;
  throw new ProblemError({ reason: 'InvalidCredentials', message });
}

async function read(directory: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = join(directory, name);
    if (await exists(path)) return (await readFile(path, 'utf8')).trim();
  }
  return undefined;
}
