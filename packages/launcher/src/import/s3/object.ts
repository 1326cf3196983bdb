import { AwsV4Signer } from 'aws4fetch';
import type { Send } from '../http-client.ts';
import { objectUrl, type S3Source } from './object-url.ts';
import { readCredentials, type Credentials } from './credentials.ts';
import { s3Failure } from './failure.ts';
import type { RemoteFile } from '../verified-download.ts';

export interface S3Client {
  readonly send: Send;
  /** Directory of the Secret. */
  readonly credentials: string;
}

/** An object as a file to download. Throws ProblemError. */
export async function s3Object(source: S3Source, client: S3Client): Promise<RemoteFile> {
  const credentials = await readCredentials(client.credentials);
  return {
    url: objectUrl(source),
    send: async (url, init) => {
      // fetch drops the signature on the way to another host, and it would not be right there.
      const response = await client.send(url, {
        ...init,
        redirect: 'manual',
        headers: {
          ...(init.headers as Record<string, string>),
          ...(await signature(url, source, credentials)),
        },
      });
      if (response.ok || response.status === RANGE_NOT_SATISFIABLE) return response;
      throw await s3Failure(response, source, credentials !== undefined);
    },
  };
}
const RANGE_NOT_SATISFIABLE = 416;

/** Of host and date alone, so that no proxy can break it by what it does to other headers. */
async function signature(
  url: string,
  { region }: S3Source,
  credentials: Credentials | undefined,
): Promise<Record<string, string>> {
  if (!credentials) return {};
  const signer = new AwsV4Signer({ url, method: 'GET', service: 's3', region, ...credentials });
  const { headers } = await signer.sign();
  return Object.fromEntries(headers);
}
