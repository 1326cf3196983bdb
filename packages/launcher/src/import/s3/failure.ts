/** What an object store's refusal means for the user ("Error responses" of Amazon's S3 API reference). */
import type { Response } from 'undici';
import { ProblemError, TransientError } from '../../problem.ts';
import { statusFailure } from '../download-failure.ts';
import type { S3Source } from './object-url.ts';

/** More than any store's error takes. */
const ERROR_BYTES = 16 * 1024;

/** Reads the body of a response that is not the object. */
export async function s3Failure(response: Response, source: S3Source, isSigned: boolean): Promise<Error> {
  const code = /<Code>(\w+)<\/Code>/.exec(await beginning(response))?.[1] ?? '';
  const home = response.headers.get('x-amz-bucket-region');
  if (OTHER_REGION.has(code) || (home && home !== source.region)) return otherRegion(source, home);
  const { bucket, key } = source;
  switch (code) {
    case 'NoSuchBucket':
      return problem('NotFound', `There is no bucket ${bucket}: correct source.s3.bucket`);
    case 'NoSuchKey':
      return problem('NotFound', `The bucket ${bucket} has no object ${key}: correct source.s3.key`);
    case 'RequestTimeTooSkewed':
      return new TransientError({
        reason: 'ClockSkew',
        message: 'The clocks of node and object store differ.',
      });
  }
  const isDenied = DENIED.has(code) || response.status === 401 || response.status === 403;
  return isDenied ? accessDenied(code, source, isSigned) : statusFailure(response);
}
/** Stores do not agree on their status; the last is what Versity's gateway says of a key that it does not know. */
const DENIED = new Set([
  'InvalidAccessKeyId',
  'InvalidToken',
  'ExpiredToken',
  'SignatureDoesNotMatch',
  'XAdminUserNotFound',
]);
const OTHER_REGION = new Set(['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed']);

function otherRegion({ bucket, region }: S3Source, home: string | null): ProblemError {
  const where = home === null ? 'another region' : `region ${home}`;
  return problem(
    'WrongRegion',
    `The bucket ${bucket} is in ${where} and not in ${region}: set source.s3.region`,
  );
}

function accessDenied(code: string, { bucket, key }: S3Source, isSigned: boolean): ProblemError {
  const said = `The object store refuses to give ${key} of bucket ${bucket}${code && ` (${code})`}`;
  const fix = isSigned
    ? 'check the keys in the Secret of source.s3.secretRef, and what they may read'
    : 'name a Secret with keys that may read it in source.s3.secretRef';
  return problem('AccessDenied', `${said}: ${fix}`);
}

const problem = (reason: string, message: string): ProblemError =>
  new ProblemError({ reason, message: `${message}.` });

async function beginning({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, ERROR_BYTES).toString();
}
