import type { ImportSource } from '@hypersdk/api/machine';

export type S3Source = Extract<ImportSource, { type: 's3' }>;

/** "Virtual hosting of buckets" of Amazon's S3 documentation; the key is encoded, its slashes are not. */
export function objectUrl({ endpoint, region, bucket, key, addressingStyle }: S3Source): string {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  const base = url.pathname.replace(/\/+$/, '');
  const path = key.split('/').map(encodeURIComponent).join('/');
  if (addressingStyle === 'path') return `${url.origin}${base}/${bucket}/${path}`;
  return `${url.protocol}//${bucket}.${url.host}${base}/${path}`;
}
