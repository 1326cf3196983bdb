import { Labels, MachinePaths, type ImportSpec, type VMImageSource } from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import { containerSecurity } from '../virtual-machine/pod/containers.ts';
import { podSecurity } from '../virtual-machine/pod/pod.ts';
import type { ObservedImage } from './observed.ts';
import type { ImageWish } from './wish.ts';

/** One attempt to import; the next one finds what this one has downloaded and goes on from there. */
export function importerPod(
  { name: image, namespace, config, policy }: ObservedImage,
  wish: ImageWish,
  claim: PersistentVolumeClaim,
  attempt: number,
): Pod {
  const name = `${image}-${attempt}`;
  return {
    metadata: {
      name,
      namespace,
      labels: {
        [Labels.image]: image,
        [Labels.appName]: 'image-import',
        [Labels.appManagedBy]: 'hypersdk-operator',
      },
      ownerReferences: [
        ownerReference({ ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { controller: true }),
      ],
    },
    spec: {
      restartPolicy: 'Never',
      ...(policy.timeout !== undefined && { activeDeadlineSeconds: Math.ceil(policy.timeout / 1000) }),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity,
      containers: [
        {
          name: 'importer',
          image: config.launcherImage,
          imagePullPolicy: config.pullPolicy,
          command: ['/usr/local/bin/importer'],
          env: [
            { name: 'IMPORT_SPEC', value: JSON.stringify(importSpec(wish, image)) },
            { name: 'LOG_LEVEL', value: config.logLevel },
          ],
          resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
          securityContext: containerSecurity,
          volumeMounts: [
            { name: 'image', mountPath: imageDirectory(image) },
            { name: 'identity', mountPath: MachinePaths.config, readOnly: true },
            ...pullSecretMounts(wish),
          ],
        },
      ],
      volumes: [
        { name: 'image', persistentVolumeClaim: { claimName: image } },
        { name: 'identity', secret: { secretName: name, defaultMode: 0o440 } },
        ...pullSecretVolumes(wish),
      ],
    },
  };
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
