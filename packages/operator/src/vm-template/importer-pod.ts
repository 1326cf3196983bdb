import { checksumOf, Labels, MachinePaths, type ImportSpec, type VMTemplate } from '@hypersdk/api';
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
          ],
        },
      ],
      volumes: [
        { name: 'image', persistentVolumeClaim: { claimName: imageClaimName(template) } },
        { name: 'identity', secret: { secretName: name, defaultMode: 0o440 } },
      ],
    },
  };
}

function importSpec(template: VMTemplate): ImportSpec {
  const { image } = template.spec;
  const checksum = checksumOf(image);
  return {
    url: image.source.http?.url ?? '',
    ...(image.format && { format: image.format }),
    ...(checksum && { checksum: { type: checksum.type, value: checksum.value.toLowerCase() } }),
    directory: imageDirectory(template),
  };
}

function imageDirectory(template: VMTemplate): string {
  return `${MachinePaths.images}/${imageClaimName(template)}`;
}
