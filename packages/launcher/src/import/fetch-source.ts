import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { fetchClaim } from './fetch-claim.ts';
import { imageFiles } from './files.ts';
import type { Send } from './http-client.ts';
import { PartialDownload } from './partial-download.ts';
import { fetchContainerDisk } from './registry/container-disk.ts';
import { s3Object } from './s3/object.ts';
import { unpacked } from './unpack.ts';
import { receiveUpload } from './upload/receive-upload.ts';
import { verify } from './verify.ts';
import { verifiedDownload, type Downloaded, type RemoteFile } from './verified-download.ts';
import type { Fetched, Fetching } from './fetching.ts';

/** Brings what the source names into the volume, as one plain file. Throws ProblemError or TransientError. */
export async function fetchSource(spec: ImportSpec, options: Fetching): Promise<Fetched> {
  switch (spec.source.type) {
    case 'http':
      return fetchFile(spec, httpFile(spec.source.url, options.send), options);
    case 's3':
      return fetchFile(spec, await s3Object(spec.source, options), options);
    case 'claim':
      return fetchClaim(spec, spec.source, options);
    case 'upload':
      return plainFile(spec, await receiveUpload(spec, options), options);
    case 'containerDisk':
      return fetchDisk(spec, spec.source, options);
  }
}

function httpFile(url: string, send: Send): RemoteFile {
  if (/^https?:/.test(url)) return { url, send };
  const message = `Only http and https URLs are imported, not ${url}.`;
  throw new ProblemError({ reason: 'UnsupportedSource', message });
}

async function fetchFile(spec: ImportSpec, file: RemoteFile, options: Fetching): Promise<Fetched> {
  const { type: algorithm = 'sha256', value } = spec.checksum ?? {};
  const wanted = { ...file, immutable: false, algorithm, digest: value?.toLowerCase() };
  return plainFile(spec, await verifiedDownload(spec.directory, wanted, options), options);
}

async function plainFile(
  spec: ImportSpec,
  { path, size, checksum }: Downloaded,
  options: Fetching,
): Promise<Fetched> {
  const onProgress = options.onUnpacking;
  const plain = await unpacked(path, imageFiles(spec.directory).unpacked, { ...options, onProgress });
  if (plain !== path) await rm(path);
  return { path: plain, isOurs: true, downloaded: size, checksum };
}

type ContainerDiskSource = Extract<ImportSpec['source'], { type: 'containerDisk' }>;

async function fetchDisk(spec: ImportSpec, source: ContainerDiskSource, options: Fetching): Promise<Fetched> {
  const { directory } = spec;
  const place = {
    directory,
    to: imageFiles(directory).unpacked,
    secret: options.credentials,
    send: options.send,
  };
  const downloaded = await fetchContainerDisk(source, place, options);
  await rm(join(directory, PartialDownload.files[0]));
  const checksum = await verify(place.to, spec, { ...options, what: 'The disk in the container image' });
  return { path: place.to, isOurs: true, downloaded, checksum };
}
