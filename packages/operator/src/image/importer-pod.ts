import { Labels, MachinePaths, type ImportSpec, type VMImageSource } from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import { workerPod } from '../worker/worker-pod.ts';
import type { ObservedImage } from './observed.ts';
import type { ImageWish } from './wish.ts';

/** One attempt to import; the next one finds what this one has downloaded and goes on from there. */
export function importerPod(
  { name: image, namespace, config, policy }: ObservedImage,
  wish: ImageWish,
  claim: PersistentVolumeClaim,
  attempt: number,
): Pod {
  const owner = { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  const { timeout } = policy;
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
      spec: importSpec(wish, image),
      mounts: [{ name: 'image', mountPath: imageDirectory(image) }, ...pullSecretMounts(wish)],
      volumes: [{ name: 'image', persistentVolumeClaim: { claimName: image } }, ...pullSecretVolumes(wish)],
      ...(timeout !== undefined && { extras: { activeDeadlineSeconds: Math.ceil(timeout / 1000) } }),
    },
    config,
  );
}

function importSpec({ source, format, checksum, size }: ImageWish, image: string): ImportSpec {
  return {
    source: importSource(source),
    ...(format && { format }),
    ...(checksum && { checksum }),
    ...(size !== undefined && { size }),
    directory: imageDirectory(image),
  };
}

function importSource({ http, containerDisk }: VMImageSource): ImportSpec['source'] {
  if (!containerDisk) return { type: 'http', url: http?.url ?? '' };
  const { image, path, plainHttp = false } = containerDisk;
  return { type: 'containerDisk', image, ...(path !== undefined && { path }), plainHttp };
}

const PULL_SECRET = 'registry';

function pullSecretMounts({ source }: ImageWish) {
  if (!source.containerDisk?.pullSecretRef) return [];
  return [{ name: PULL_SECRET, mountPath: MachinePaths.registry, readOnly: true }];
}

function pullSecretVolumes({ source }: ImageWish) {
  const secretName = source.containerDisk?.pullSecretRef?.name;
  if (secretName === undefined) return [];
  const items = [{ key: '.dockerconfigjson', path: 'config.json' }];
  return [{ name: PULL_SECRET, secret: { secretName, items, defaultMode: 0o440 } }];
}

const imageDirectory = (image: string): string => `${MachinePaths.images}/${image}`;
