import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { kubectl } from './kubectl.ts';
import { mountNamespacePath } from './mount-namespace.ts';
import { PROVISIONER } from './storage/persistent-volume.ts';
import { SIZE_PARAMETER } from './storage/reconcile.ts';

/**
 * All volumes but those of `limited` are directories of this machine, or, as block volumes, files of it behind a loop
 * device. The nodes are namespaces of one kernel, so every class gives volumes that both of them can write at once, and
 * `ReadWriteOnce` is kept by nobody. That stands for shared storage like NFS or CephFS where the nodes' views always agree:
 * caches that lag behind, locks over the network and storage that goes away are not seen here.
 */
const classes = [
  storageClass('standard', { isDefault: true }),
  // What the examples name.
  storageClass('fast-ssd'),
  // For stories that need both nodes on one volume, whatever the default class will be.
  storageClass('shared'),
  storageClass('rigid', { allowVolumeExpansion: false }),
  // It clones volumes, and nobody has said so yet.
  storageClass('cloning'),
  // An ext4 with the room that was asked for, so that a full volume is full; up to 4Gi, it grows while it is mounted.
  storageClass('limited', { parameters: { [SIZE_PARAMETER]: 'hard' } }),
];

export async function ensureStorage(instance: Instance): Promise<void> {
  const manifests = classes.map((item) => stringify(item));
  await kubectl(instance, ['apply', '-f', '-'], { input: manifests.join('---\n') });
  const directory = join(instance.directory, 'volumes');
  await mkdir(directory, { recursive: true });
  const sources = join(import.meta.dirname, 'storage');
  const script = join(sources, 'main.ts');
  await ensureDaemon(instance, {
    name: 'storage',
    command: [
      'env',
      `KUBECONFIG=${instance.kubeconfig}`,
      ...[process.execPath, script, directory, ...instance.nodes.map(mountNamespacePath)],
    ],
    configuration: [script, ...['reconcile.ts', 'sized-volume.ts'].map((file) => join(sources, file))],
  });
}

function storageClass(
  name: string,
  { isDefault = false, allowVolumeExpansion = true, parameters = {} } = {},
) {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      annotations: {
        'storageclass.kubernetes.io/is-default-class': String(isDefault),
        'hypersdk.io/access-mode': 'ReadWriteMany',
      },
    },
    provisioner: PROVISIONER,
    parameters,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion,
  };
}
