import {
  checksumOf,
  Labels,
  MachinePaths,
  parseBytes,
  type ImageSource,
  type ImportSpec,
  type VMTemplate,
} from '@hypersdk/api';
import { ownerReference, type Pod } from '@hypersdk/kube';
import { containerSecurity } from '../virtual-machine/pod/containers.ts';
import { podSecurity } from '../virtual-machine/pod/pod.ts';
import { imageClaimName, importName } from './names.ts';
import type { ObservedTemplate } from './observed.ts';

/** One attempt to import; the next one finds what this one has downloaded and goes on from there. */
export function importerPod({ template, config }: ObservedTemplate, attempt: number): Pod {
  const name = importName(template, attempt);
  return {
    metadata: {
      name,
      namespace: template.metadata.namespace ?? '',
      labels: {
        [Labels.template]: template.metadata.name,
        [Labels.appName]: 'image-import',
        [Labels.appManagedBy]: 'hypersdk-operator',
      },
      ownerReferences: [ownerReference(template, { controller: true, blockOwnerDeletion: true })],
    },
    spec: {
      restartPolicy: 'Never',
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
            { name: 'IMPORT_SPEC', value: JSON.stringify(importSpec(template)) },
            { name: 'LOG_LEVEL', value: config.logLevel },
          ],
          resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
          securityContext: containerSecurity,
          volumeMounts: [
            { name: 'image', mountPath: imageDirectory(template) },
            { name: 'identity', mountPath: MachinePaths.config, readOnly: true },
            ...pullSecretMounts(template),
          ],
        },
      ],
      volumes: [
        { name: 'image', persistentVolumeClaim: { claimName: imageClaimName(template) } },
        { name: 'identity', secret: { secretName: name, defaultMode: 0o440 } },
        ...pullSecretVolumes(template),
      ],
    },
  };
}

function importSpec(template: VMTemplate): ImportSpec {
  const { image } = template.spec;
  const checksum = checksumOf(image);
  return {
    source: importSource(image.source),
    ...(image.format && { format: image.format }),
    ...(checksum && { checksum: { type: checksum.type, value: checksum.value.toLowerCase() } }),
    ...(image.size !== undefined && { size: parseBytes(image.size) }),
    directory: imageDirectory(template),
  };
}

function importSource({ http, containerDisk }: ImageSource): ImportSpec['source'] {
  if (!containerDisk) return { type: 'http', url: http?.url ?? '' };
  const { image, path, plainHttp = false } = containerDisk;
  return { type: 'containerDisk', image, ...(path !== undefined && { path }), plainHttp };
}

const PULL_SECRET = 'registry';

function pullSecretMounts({ spec }: VMTemplate) {
  if (!spec.image.source.containerDisk?.pullSecretRef) return [];
  return [{ name: PULL_SECRET, mountPath: MachinePaths.registry, readOnly: true }];
}

function pullSecretVolumes({ spec }: VMTemplate) {
  const secretName = spec.image.source.containerDisk?.pullSecretRef?.name;
  if (secretName === undefined) return [];
  const items = [{ key: '.dockerconfigjson', path: 'config.json' }];
  return [{ name: PULL_SECRET, secret: { secretName, items, defaultMode: 0o440 } }];
}

function imageDirectory(template: VMTemplate): string {
  return `${MachinePaths.images}/${imageClaimName(template)}`;
}
