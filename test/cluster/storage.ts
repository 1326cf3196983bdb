import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { kubectl } from './kubectl.ts';
import { PROVISIONER } from './storage/persistent-volume.ts';

/** `standard`, the default, `fast-ssd`, which the examples name, `rigid`, whose volumes do not grow, and `cloning`, which says that it clones. */
export async function ensureStorage(instance: Instance): Promise<void> {
  const classes = [
    storageClass('standard', { isDefault: true }),
    storageClass('fast-ssd'),
    storageClass('rigid', { allowVolumeExpansion: false }),
    storageClass('cloning', { clonesVolumes: true }),
  ].map((item) => stringify(item));
  await kubectl(instance, ['apply', '-f', '-'], { input: classes.join('---\n') });
  const directory = join(instance.directory, 'volumes');
  await mkdir(directory, { recursive: true });
  const script = join(import.meta.dirname, 'storage', 'main.ts');
  await ensureDaemon(instance, {
    name: 'storage',
    command: ['env', `KUBECONFIG=${instance.kubeconfig}`, process.execPath, script, directory],
    configuration: [script, join(import.meta.dirname, 'storage', 'reconcile.ts')],
  });
}

function storageClass(
  name: string,
  { isDefault = false, allowVolumeExpansion = true, clonesVolumes = false } = {},
) {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      annotations: {
        'storageclass.kubernetes.io/is-default-class': String(isDefault),
        // The nodes share this machine's file system.
        'hypersdk.io/access-mode': 'ReadWriteMany',
        ...(clonesVolumes && { 'hypersdk.io/clones-volumes': 'true' }),
      },
    },
    provisioner: PROVISIONER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion,
  };
}
