import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';

/** Reads a file whole; resolves with its digest. `what` is its name for people. Throws ProblemError. */
export async function verify(
  path: string,
  { checksum }: Pick<ImportSpec, 'checksum'>,
  { what, signal }: { readonly what: string; readonly signal: AbortSignal },
): Promise<string> {
  const { type = 'sha256', value } = checksum ?? {};
  const hash = createHash(type);
  await pipeline(createReadStream(path), hash, { signal });
  const found = hash.digest('hex');
  if (value === undefined || found === value.toLowerCase()) return `${type}:${found}`;
  const message = `${what} has ${type}:${found} and not ${type}:${value}: correct the checksum or the source.`;
  throw new ProblemError({ reason: 'ChecksumMismatch', message });
}
