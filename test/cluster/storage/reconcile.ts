import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AlreadyExistsError, NotFoundError, PersistentVolumeClaims, StorageClasses } from '@hypersdk/kube';
import type { Client } from '@hypersdk/kube';
import type { ObjectMeta, PersistentVolumeClaim } from '@hypersdk/kube';
import {
  isBlock,
  isOurs,
  persistentVolume,
  PersistentVolumes,
  PROVISIONER,
  requestedSize,
} from './persistent-volume.ts';
import { volumeName, type PersistentVolume } from './persistent-volume.ts';
import {
  ensureBlockDevice,
  ensureFileSystem,
  growSizedVolume,
  isSized,
  removeSizedVolume,
  type SizedVolume,
} from './sized-volume.ts';

export interface Storage {
  readonly client: Client;
  /** Where volumes are directories, on a file system that all nodes see. */
  readonly directory: string;
  /** Of the nodes; see SizedVolume. */
  readonly mountNamespaces: readonly string[];
}

/** A StorageClass's parameter: `hard` where a volume is to hold no more than was asked for. */
export const SIZE_PARAMETER = 'size';

/** Gives an unbound claim its volume, and a bound one the size that it has come to ask for. */
export async function reconcileClaim(
  storage: Storage,
  claim: PersistentVolumeClaim,
  signal: AbortSignal,
): Promise<void> {
  if (!isOurs(claim) || claim.metadata.deletionTimestamp !== undefined) return;
  if (claim.spec?.volumeName === undefined) await provision(storage, claim, signal);
  else if (claim.status?.phase === 'Bound') await grow(storage, claim, signal);
}

/** Deletes the data and then the volume once its claim is gone. */
export async function reconcileVolume(
  storage: Storage,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<void> {
  const { name, uid, annotations } = volume.metadata;
  const isOurVolume = annotations?.['pv.kubernetes.io/provisioned-by'] === PROVISIONER;
  if (!isOurVolume || volume.status?.phase !== 'Released') return;
  const volumeAtHand = { ...storage, name };
  if (isSized(volumeAtHand)) await removeSizedVolume(volumeAtHand, signal);
  else await rm(join(storage.directory, name), { recursive: true, force: true });
  const gone = storage.client.delete(
    PersistentVolumes,
    { name },
    { signal, ...(uid !== undefined && { uid }) },
  );
  await ignoring(NotFoundError, gone);
}

async function provision(storage: Storage, claim: PersistentVolumeClaim, signal: AbortSignal): Promise<void> {
  const path = await place(storage, claim, signal);
  const volume = persistentVolume(claim, path);
  await ignoring(AlreadyExistsError, storage.client.create(PersistentVolumes, volume, { signal }));
}

/** Where the claim's volume is, once it is there. */
async function place(storage: Storage, claim: PersistentVolumeClaim, signal: AbortSignal): Promise<string> {
  const volume: SizedVolume = { ...storage, name: volumeName(claim) };
  if (isBlock(claim)) return ensureBlockDevice(volume, requestedSize(claim), signal);
  if (await isHard(storage, claim, signal)) return ensureFileSystem(volume, requestedSize(claim), signal);
  return ensureDirectory(storage, claim, signal);
}

async function isHard({ client }: Storage, { spec }: PersistentVolumeClaim, signal: AbortSignal) {
  if (spec?.storageClassName === undefined) return false;
  const { parameters } = await client.get(StorageClasses, { name: spec.storageClassName }, { signal });
  return parameters?.[SIZE_PARAMETER] === 'hard';
}

async function ensureDirectory(
  { client, directory }: Storage,
  claim: PersistentVolumeClaim,
  signal: AbortSignal,
): Promise<string> {
  const path = join(directory, volumeName(claim));
  const source = claim.spec?.dataSource;
  if (source?.kind === 'PersistentVolumeClaim') {
    const key = { namespace: claim.metadata.namespace ?? 'default', name: source.name };
    const from = await client.get(PersistentVolumeClaims, key, { signal });
    await cloneDirectory(join(directory, volumeName(from)), path, signal);
  }
  await mkdir(path, { recursive: true });
  // The kubelet does not apply a pod's fsGroup to a host path, and pods do not run as root.
  await chmod(path, 0o777);
  return path;
}

/** Whole or not at all. */
async function cloneDirectory(from: string, to: string, signal: AbortSignal): Promise<void> {
  if (existsSync(to)) return;
  const partial = `${to}.partial`;
  await rm(partial, { recursive: true, force: true });
  await promisify(execFile)('cp', ['-a', '--reflink=auto', '--sparse=always', from, partial], { signal });
  await rename(partial, to);
}

/** A directory is never too small: only the books are to be brought up to date. */
async function grow(storage: Storage, claim: PersistentVolumeClaim, signal: AbortSignal): Promise<void> {
  const { client } = storage;
  const capacity = { storage: requestedSize(claim) };
  if (claim.status?.capacity?.['storage'] === capacity.storage) return;
  const sized: SizedVolume = { ...storage, name: volumeName(claim) };
  if (isSized(sized)) await growSizedVolume(sized, capacity.storage, signal);
  const volume = { name: claim.spec?.volumeName ?? '' };
  await client.mergePatch(PersistentVolumes, volume, { spec: { capacity } }, { signal });
  await client.mergePatch(
    PersistentVolumeClaims,
    keyOfClaim(claim.metadata),
    { status: { capacity, conditions: [] } },
    {
      subresource: 'status',
      signal,
    },
  );
}

function keyOfClaim({ namespace = 'default', name }: ObjectMeta) {
  return { namespace, name };
}

async function ignoring(
  expected: new (...parameters: never) => Error,
  work: Promise<unknown>,
): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof expected)) throw error;
  });
}
