import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { imageFiles } from './files.ts';
import { PartialDownload } from './partial-download.ts';
import { fetchContainerDisk } from './registry/container-disk.ts';
import { unpacked } from './unpack.ts';
import { verifiedDownload, type Downloading } from './verified-download.ts';

export interface Fetched {
  /** The plain image file, of whatever format. */
  readonly path: string;
  readonly downloaded: number;
  /** `sha256:...` of the file that the source names. */
  readonly checksum: string;
}

export interface Fetching extends Downloading {
  readonly onUnpacking: (bytes: number) => void;
  /** Directory of a registry's pull secret. */
  readonly registrySecret: string;
}

/** Brings what the source names into the volume, as one plain file. Throws ProblemError or TransientError. */
export async function fetchSource(spec: ImportSpec, options: Fetching): Promise<Fetched> {
  switch (spec.source.type) {
    case 'http':
      return fetchHttp(spec, spec.source.url, options);
    case 'containerDisk':
      return fetchDisk(spec, spec.source, options);
  }
}

async function fetchHttp(spec: ImportSpec, url: string, options: Fetching): Promise<Fetched> {
  if (!/^https?:/.test(url)) {
    const message = `Only http and https URLs are imported, not ${url}.`;
    throw new ProblemError({ reason: 'UnsupportedSource', message });
  }
  const { type: algorithm = 'sha256', value } = spec.checksum ?? {};
  const wanted = { url, send: fetch, immutable: false, algorithm, digest: value?.toLowerCase() };
  const { path, size, checksum } = await verifiedDownload(spec.directory, wanted, options);
  const onProgress = options.onUnpacking;
  const plain = await unpacked(path, imageFiles(spec.directory).unpacked, { ...options, onProgress });
  if (plain !== path) await rm(path);
  return { path: plain, downloaded: size, checksum };
}

type ContainerDiskSource = Extract<ImportSpec['source'], { type: 'containerDisk' }>;

async function fetchDisk(spec: ImportSpec, source: ContainerDiskSource, options: Fetching): Promise<Fetched> {
  const { directory } = spec;
  const place = { directory, to: imageFiles(directory).unpacked, secret: options.registrySecret };
  const downloaded = await fetchContainerDisk(source, place, options);
  await rm(join(directory, PartialDownload.files[0]));
  return { path: place.to, downloaded, checksum: await verify(place.to, spec) };
}

async function verify(path: string, { checksum }: ImportSpec): Promise<string> {
  const { type = 'sha256', value } = checksum ?? {};
  const hash = createHash(type);
  await pipeline(createReadStream(path), hash);
  const found = hash.digest('hex');
  if (value === undefined || found === value.toLowerCase()) return `${type}:${found}`;
  const message = `The disk in the container image has ${type}:${found} and not ${type}:${value}: correct the checksum or the image.`;
  throw new ProblemError({ reason: 'ChecksumMismatch', message });
}
