import { Labels, MachinePaths, type ImportSpec, type VMImageSource } from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import { claimVolume } from '../virtual-machine/pod/volumes.ts';
import { workerPod } from '../worker/worker-pod.ts';
import type { ObservedImage } from './observed.ts';
import { importRecord } from './record.ts';
import { uploadName } from './upload/upload.ts';
import { secretOf, type ImageWish } from './wish.ts';

/** One attempt to import; the next one finds what this one has downloaded and goes on from there. */
export function importerPod(
  { name: image, namespace, config, policy, source }: ObservedImage,
  wish: ImageWish,
  claim: PersistentVolumeClaim,
  attempt: number,
): Pod {
  const owner = { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const { timeout } = policy;
  const from = source?.type === 'usable' ? mountedSource(source.claim) : undefined;
  return workerPod(
    {
      metadata: {
        name: `${image}-${attempt}`,
        namespace,
        labels: { [Labels.image]: image },
        ownerReferences: [ownerReference(owner, { controller: true })],
      },
      appName: 'image-import',
      worker: 'importer',
      specVariable: 'IMPORT_SPEC',
      spec: importSpec(wish, image, { from, timeout, isAnew: importRecord(claim).isTorn ?? false }),
      mounts: [
        { name: 'image', mountPath: imageDirectory(image) },
        ...secretMounts(wish, image),
        ...(from?.volumeMode === 'Filesystem' ? [{ ...SOURCE, mountPath: MachinePaths.source }] : []),
      ],
      devices: from?.volumeMode === 'Block' ? [{ name: SOURCE.name, devicePath: MachinePaths.source }] : [],
      volumes: [
        { name: 'image', persistentVolumeClaim: { claimName: image } },
        ...secretVolumes(wish, image),
        ...(from ? [claimVolume(SOURCE.name, from.name, true)] : []),
      ],
      // An upload's begins with its first byte, and the importer looks at the clock.
      ...(timeout !== undefined &&
        !wish.source.upload && { extras: { activeDeadlineSeconds: Math.ceil(timeout / 1000) } }),
    },
    config,
  );
}

interface Importing {
  readonly from: MountedSource | undefined;
  readonly timeout: number | undefined;
  /** Whatever is there goes first. */
  readonly isAnew: boolean;
}

interface MountedSource {
  readonly name: string;
  readonly volumeMode: 'Block' | 'Filesystem';
}

/** Both the pod's volume and its mount are read-only: whatever happens, the source stays as it is. */
const SOURCE = { name: 'source', readOnly: true } as const;

function mountedSource({ metadata, spec }: PersistentVolumeClaim): MountedSource {
  return { name: metadata.name, volumeMode: spec?.volumeMode === 'Block' ? 'Block' : 'Filesystem' };
}

function importSpec(
  { source, format, checksum, size }: ImageWish,
  image: string,
  { from, timeout, isAnew }: Importing,
): ImportSpec {
  const { caBundle } = source.http ?? source.s3 ?? source.containerDisk ?? {};
  return {
    source: from ? claimSource(from, source.pvc?.path) : importSource(source, timeout),
    ...(caBundle !== undefined && { caBundle }),
    ...(format && { format }),
    ...(checksum && { checksum }),
    ...(size !== undefined && { size }),
    ...(isAnew && { isAnew }),
    directory: imageDirectory(image),
  };
}

function claimSource({ name, volumeMode }: MountedSource, path: string | undefined): ImportSpec['source'] {
  const at = MachinePaths.source;
  if (volumeMode === 'Block') return { type: 'claim', name, volume: { type: 'block', device: at } };
  return {
    ...{ type: 'claim', name, volume: { type: 'filesystem', directory: at } },
    ...(path !== undefined && { path }),
  };
}

function importSource(
  { http, s3, containerDisk, upload }: ImageWish['source'],
  timeout: number | undefined,
): ImportSpec['source'] {
  if (upload) return { type: 'upload', ...(timeout !== undefined && { timeout }) };
  if (s3) return s3Source(s3);
  if (!containerDisk) return { type: 'http', url: http?.url ?? '' };
  const { image, path, plainHttp = false } = containerDisk;
  return { type: 'containerDisk', image, ...(path !== undefined && { path }), plainHttp };
}

/** Stores of one's own seldom have a name in DNS for each bucket; Amazon wants it so. */
function s3Source(s3: NonNullable<VMImageSource['s3']>): ImportSpec['source'] {
  const { endpoint, region = 'us-east-1', bucket, key } = s3;
  const { addressingStyle = endpoint === undefined ? 'virtual' : 'path' } = s3;
  return { type: 's3', ...(endpoint !== undefined && { endpoint }), region, bucket, key, addressingStyle };
}

const CREDENTIALS = 'credentials';

function secretMounts(wish: ImageWish, image: string) {
  if (credentialsOf(wish, image) === undefined) return [];
  return [{ name: CREDENTIALS, mountPath: MachinePaths.credentials, readOnly: true }];
}

function secretVolumes(wish: ImageWish, image: string) {
  const secret = credentialsOf(wish, image);
  if (secret === undefined) return [];
  return [{ name: CREDENTIALS, secret: { ...secret, defaultMode: 0o440 } }];
}

/** Whoever uploads shows the importer what it has here. */
function credentialsOf(wish: ImageWish, image: string) {
  if (wish.source.upload) return { secretName: uploadName(image), items: [{ key: 'token', path: 'token' }] };
  const secretName = secretOf(wish);
  if (secretName === undefined) return undefined;
  const items = wish.source.containerDisk && [{ key: '.dockerconfigjson', path: 'config.json' }];
  return { secretName, ...(items && { items }) };
}

const imageDirectory = (image: string): string => `${MachinePaths.images}/${image}`;
